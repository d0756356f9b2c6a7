from penchant.edge.metrics import BOUNDS_S, Metrics


def test_a_request_falls_into_the_first_bucket_that_holds_it():
    metrics = Metrics()
    metrics.observe("GetRecommendations", 200, 0.001)
    metrics.observe("GetRecommendations", 200, 0.0011)
    metrics.observe("GetRecommendations", 200, 11.0)
    lines = metrics.render().splitlines()
    start = 'penchant_request_duration_seconds_bucket{operation="GetRecommendations",status="200",'
    buckets = [line.removeprefix(start) for line in lines if line.startswith(start)]
    assert buckets[0] == 'le="0.001"} 1'
    assert buckets[1] == 'le="0.0025"} 2'
    assert buckets[-2] == 'le="10.0"} 2'
    assert buckets[-1] == 'le="+Inf"} 3'
    assert len(buckets) == len(BOUNDS_S) + 1


def test_sums_and_counts_are_kept_per_operation_and_status():
    metrics = Metrics()
    metrics.observe("ListSchemas", 200, 0.5)
    metrics.observe("ListSchemas", 200, 0.25)
    metrics.observe("ListSchemas", 400, 0.125)
    text = metrics.render()
    assert 'penchant_requests_total{operation="ListSchemas",status="200"} 2\n' in text
    assert 'penchant_requests_total{operation="ListSchemas",status="400"} 1\n' in text
    assert 'seconds_sum{operation="ListSchemas",status="200"} 0.750000\n' in text


def test_every_family_has_help_and_type_once_before_its_samples():
    metrics = Metrics()
    metrics.observe("A", 200, 0.1)
    metrics.observe("B", 200, 0.1)
    lines = metrics.render().splitlines()
    for name, kind in (
        ("penchant_requests_total", "counter"),
        ("penchant_request_duration_seconds", "histogram"),
    ):
        at = lines.index(f"# TYPE {name} {kind}")
        assert lines[at - 1].startswith(f"# HELP {name} ")
        assert lines[at + 1].startswith(name)
        assert sum(line.startswith(f"# TYPE {name} ") for line in lines) == 1
