from datetime import UTC, datetime

import pytest

from penchant.data.attribution import Cell
from penchant.domain.arns import Kind, Owner
from penchant.sandbox.metrics import PersonalizeMetrics, Statistic
from penchant.service.counting import NAMED_BY
from penchant.store.usage import Count, Outcome, Tally

OWNER = Owner("111111111111", "us-east-1")
CAMPAIGN = ("CampaignArn", OWNER.arn(Kind.CAMPAIGN, "c"))
NOW = datetime(2026, 1, 31, tzinfo=UTC)
AT = 1_769_000_040


class Usage:
    """The counts of one owner."""

    def __init__(self, *counts):
        self._counts = counts

    def of(self, owner):
        return self._counts if owner == OWNER else ()


class Attributed:
    """The sums of metric attributions."""

    def __init__(self, *sums):
        self._sums = sums

    def recent(self, since):
        assert since == NOW.timestamp() - 14 * 86_400
        return self._sums


def told(counts=(), sums=(), owner=OWNER):
    metrics = PersonalizeMetrics(Usage(*counts), Attributed(*sums), lambda: NOW)
    return list(metrics(owner.account, owner.region))


def count(operation, outcome=Outcome.ANSWERED, arn=CAMPAIGN[1]):
    return Count(arn, operation, outcome, AT, Tally(3, 6.5, 1.0, 4.0))


def names(operation, outcome=Outcome.ANSWERED):
    return [one.metric for one in told([count(operation, outcome)])]


def test_answers_are_counted_and_timed_by_their_campaign():
    assert told([count("get_recommendations")]) == [
        Statistic("GetRecommendations", CAMPAIGN, AT, "Count", 3, 3, 1.0, 1.0),
        Statistic("GetRecommendationsLatency", CAMPAIGN, AT, "Milliseconds", 3, 6.5, 1.0, 4.0),
    ]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("get_personalized_ranking", "GetPersonalizedRanking"),
        ("get_personalized_ranking", "GetPersonalizedRankingRequests"),
        ("get_personalized_ranking", "GetPersonalizedRankingLatency"),
        ("get_action_recommendations", "GetActionRecommendations"),
        ("put_events", "PutEventsRequests"),
        ("put_events", "PutEventLatency"),
        ("put_items", "PutItemsRequests"),
        ("put_items", "PutItemsLatency"),
        ("put_users", "PutUsersRequests"),
    ],
)
def test_the_names_are_the_service_s(operation, expected):
    assert expected in names(operation)


def test_failures_are_told_apart_by_whose_they_are():
    assert names("get_recommendations", Outcome.REFUSED) == ["GetRecommendations4xxErrors"]
    assert names("put_events", Outcome.FAILED) == ["PutEvents5xxErrors"]


@pytest.mark.parametrize(
    ("kind", "dimension"),
    [
        (Kind.RECOMMENDER, "RecommenderArn"),
        (Kind.EVENT_TRACKER, "EventTrackerArn"),
        (Kind.DATASET, "DatasetArn"),
    ],
)
def test_the_dimension_says_what_was_called(kind, dimension):
    arn = OWNER.arn(kind, "a/b")
    assert {one.dimension for one in told([count("put_events", arn=arn)])} == {(dimension, arn)}


def test_calls_with_the_arn_of_something_else_are_not_told():
    schema = OWNER.arn(Kind.SCHEMA, "s")
    assert told([count("get_recommendations", Outcome.REFUSED, schema)]) == []


def test_every_operation_that_is_counted_is_told():
    assert all(told([count(operation)]) for operation in NAMED_BY)


def test_sums_of_metric_attributions_are_told_by_their_source():
    mine, theirs = OWNER.arn(Kind.METRIC_ATTRIBUTION, "m"), Owner("2", "us-east-1")
    cell = Cell(900, "revenue", "buy", "sum", "newsletter", 12.75)
    source = ("EventAttributionSource", "newsletter")
    expected = [Statistic("revenue", source, 900, "None", 1, 12.75, 12.75, 12.75)]
    assert told(sums=[(mine, cell)]) == expected
    assert told(sums=[(mine, cell)], owner=theirs) == []
