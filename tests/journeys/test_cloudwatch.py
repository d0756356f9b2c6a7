"""What CloudWatch tells of Personalize, whichever process was called and whichever is asked."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from ..waiting import until

NAMESPACE = "AWS/Personalize"


@pytest.fixture(scope="module")
def house(fresh):
    installation = fresh()
    installation.up()
    return installation


@pytest.fixture(scope="module")
def other(house):
    """The address of a second process on the same data."""
    return house.start("serve")


@pytest.fixture(scope="module")
def tracker(house):
    group, _ = house.dataset("watched")
    made = house.client("personalize").create_event_tracker(name="web", datasetGroupArn=group)
    return made["eventTrackerArn"], made["trackingId"]


def put(house, tracking_id, address="", **members):
    event = {"eventType": "click", "itemId": "a", "sentAt": time.time(), **members}
    house.client("personalize-events", address).put_events(
        trackingId=tracking_id, userId="u", sessionId="s", eventList=[event]
    )


def window():
    now = datetime.now(UTC)
    return {"StartTime": now - timedelta(hours=24), "EndTime": now + timedelta(minutes=1)}


def total(house, metric, dimension, address=""):
    """The sum over a day, as programs that look for what is idle ask for it."""
    name, value = dimension
    about = {
        "Namespace": NAMESPACE,
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value}],
    }
    query = {"Id": "m1", "MetricStat": {"Metric": about, "Period": 86_400, "Stat": "Sum"}}
    cloudwatch = house.client("cloudwatch", address)
    (found,) = cloudwatch.get_metric_data(MetricDataQueries=[query], **window())[
        "MetricDataResults"
    ]
    return sum(found["Values"])


def test_calls_of_every_process_are_told_by_every_process(house, other, tracker):
    arn, tracking_id = tracker
    for address in ("", other, other):
        put(house, tracking_id, address)
    with pytest.raises(ClientError):
        put(house, tracking_id, properties="no JSON")
    for address in ("", other):
        counted = lambda at=address: total(house, "PutEventsRequests", ("EventTrackerArn", arn), at)  # noqa: E731
        assert until(counted, lambda n: n >= 3) == 3
    assert total(house, "PutEvents4xxErrors", ("EventTrackerArn", arn)) == 1


def test_they_are_listed_beside_the_program_s_own(house, tracker):
    arn, tracking_id = tracker
    put(house, tracking_id)
    cloudwatch = house.client("cloudwatch")
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "sold", "Value": 2.0}])
    listed = cloudwatch.list_metrics(Namespace=NAMESPACE)["Metrics"]
    told = [one for one in listed if one["MetricName"] == "PutEventsRequests"]
    assert [one["Dimensions"] for one in told] == [[{"Name": "EventTrackerArn", "Value": arn}]]
    (own,) = cloudwatch.list_metrics(Namespace="Shop")["Metrics"]
    assert own["MetricName"] == "sold"


def test_times_are_told_in_milliseconds(house, tracker):
    arn, tracking_id = tracker
    put(house, tracking_id)
    (point,) = house.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName="PutEventLatency",
        Dimensions=[{"Name": "EventTrackerArn", "Value": arn}],
        Period=86_400,
        Statistics=["Minimum", "Average", "Maximum"],
        **window(),
    )["Datapoints"]
    assert 0 < point["Minimum"] <= point["Average"] <= point["Maximum"] < 60_000
    assert point["Unit"] == "Milliseconds"


def test_they_are_there_after_a_restart(house, tracker):
    arn, tracking_id = tracker
    put(house, tracking_id)
    before = total(house, "PutEventsRequests", ("EventTrackerArn", arn))
    house.stop()
    house.up()
    assert total(house, "PutEventsRequests", ("EventTrackerArn", arn)) == before > 0


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"Period": 0}, "Period is 0; it must be"),
        ({"Period": -60}, "Period is -60; it must be"),
        ({"Stat": "p99"}, "'p99' is not kept here; ask for"),
    ],
)
def test_what_cannot_be_told_is_refused_at_once(house, members, told):
    about = {"Namespace": NAMESPACE, "MetricName": "PutEventLatency"}
    asked = {"Metric": about, "Period": 60, "Stat": "Sum", **members}
    cloudwatch = house.client("cloudwatch", parameter_validation=False, read_timeout=10)
    with pytest.raises(ClientError, match=told):
        cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "m1", "MetricStat": asked}], **window()
        )


def test_a_range_of_too_many_periods_is_refused_at_once(house):
    everything = {"StartTime": datetime(1970, 1, 2, tzinfo=UTC), "EndTime": datetime.now(UTC)}
    about = {"Namespace": NAMESPACE, "MetricName": "PutEventLatency"}
    query = {"Id": "m1", "MetricStat": {"Metric": about, "Period": 60, "Stat": "Sum"}}
    cloudwatch = house.client("cloudwatch", read_timeout=10)
    with pytest.raises(ClientError, match="exceeds the limit of 100,800"):
        cloudwatch.get_metric_data(MetricDataQueries=[query], **everything)
    with pytest.raises(ClientError, match="exceeds the limit of 1,440"):
        cloudwatch.get_metric_statistics(**about, Period=60, Statistics=["Sum"], **everything)


def test_expressions_are_worked_out_of_the_metrics_beside_them(house, tracker):
    _, tracking_id = tracker
    put(house, tracking_id)
    about = {"Namespace": NAMESPACE, "MetricName": "PutEventsRequests"}
    stat = {"Metric": about, "Period": 86_400, "Stat": "Sum"}
    queries = [
        {"Id": "m1", "MetricStat": stat, "ReturnData": False},
        {"Id": "all", "Expression": "SUM(METRICS())", "Label": "puts"},
    ]
    (found,) = house.client("cloudwatch").get_metric_data(MetricDataQueries=queries, **window())[
        "MetricDataResults"
    ]
    assert (found["Id"], found["Label"]) == ("all", "puts")
