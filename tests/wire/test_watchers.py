"""Who may read `/metrics`."""

from botocore.awsrequest import AWSRequest

from penchant.settings import Settings


def get(live, path, **headers):
    return live.send(AWSRequest("GET", f"{live.address}{path}", headers=headers))


def test_metrics_are_told_to_whoever_has_the_token(serve):
    live = serve({}, settings=Settings(metrics_token="s3cret"))
    assert get(live, "/metrics", Authorization="Bearer s3cret").status_code == 200
    for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": "Basic s3cret"}):
        answer = get(live, "/metrics", **headers)
        assert answer.status_code in {400, 401}
        assert b"penchant_requests_total" not in answer.content
    assert get(live, "/metrics").headers["www-authenticate"] == "Bearer"
    assert get(live, "/health").status_code == 200


def test_without_a_token_metrics_are_told_on_this_machine_alone(echo):
    assert get(echo, "/metrics").status_code == 200
    answer = get(echo, "/metrics", **{"X-Forwarded-For": "192.0.2.7"})  # as a proxy here says
    assert answer.status_code == 403
    assert b"PENCHANT_METRICS_TOKEN" in answer.content
    assert b"penchant_requests_total" not in answer.content
