"""What CloudWatch tells of Personalize itself: the metrics of the namespace AWS/Personalize.

Reference: "CloudWatch metrics for Amazon Personalize" in the developer guide; the names of the
operations on actions, and the dimension of metric attributions, are formed alike.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from penchant.data.attribution import Cell
from penchant.domain.arns import Kind, Owner
from penchant.store.attributed import AttributedMetrics
from penchant.store.usage import Count, Outcome, Usage

NAMESPACE: Final = "AWS/Personalize"
_COUNT: Final = "Count"
_DIMENSIONS: Final[Mapping[str, str]] = {
    Kind.CAMPAIGN: "CampaignArn",
    Kind.RECOMMENDER: "RecommenderArn",
    Kind.EVENT_TRACKER: "EventTrackerArn",
    Kind.DATASET: "DatasetArn",
}
_SOURCE: Final = "EventAttributionSource"
_REQUESTS: Final = {
    "GetRecommendations": ("GetRecommendations",),
    "GetPersonalizedRanking": ("GetPersonalizedRanking", "GetPersonalizedRankingRequests"),
    "GetActionRecommendations": ("GetActionRecommendations",),
}
"""The names of answered calls, where they are not `<operation>Requests`; one had another once."""
_LATENCY: Final = {"PutEvents": "PutEventLatency"}
_ATTRIBUTED_FOR: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Statistic:
    """A metric of one resource over one bucket.

    Attributes:
        metric: Its name.
        dimension: The name and the value of its dimension.
        at: When the bucket began, epoch seconds.
        unit: Of the values.
        n: How many values there were.
        total: Their sum.
        low: The smallest.
        high: The largest.
    """

    metric: str
    dimension: tuple[str, str]
    at: int
    unit: str
    n: int
    total: float
    low: float
    high: float


Told = Callable[[str, str], Iterable[Statistic]]
"""The metrics of an account in a region."""


class PersonalizeMetrics:
    """The calls of resources, and the sums of metric attributions."""

    def __init__(
        self, usage: Usage, attributed: AttributedMetrics, clock: Callable[[], datetime]
    ) -> None:
        self._usage = usage
        self._attributed = attributed
        self._clock = clock

    def __call__(self, account: str, region: str) -> Iterator[Statistic]:
        """All that is known of an account in a region."""
        owner = Owner(account, region)
        for count in self._usage.of(owner):
            yield from _of_count(count)
        since = int((self._clock() - _ATTRIBUTED_FOR).timestamp())
        mine = owner.arn(Kind.METRIC_ATTRIBUTION, "")
        for arn, cell in self._attributed.recent(since):
            if arn.startswith(mine):
                yield _of_cell(cell)


def _of_count(count: Count) -> Iterator[Statistic]:
    operation = "".join(word.capitalize() for word in count.operation.split("_"))
    kind = count.resource_arn.split(":")[5].split("/")[0]
    if kind not in _DIMENSIONS:
        return  # the ARN of something else was sent
    calls, at, dimension = count.calls, count.bucket, (_DIMENSIONS[kind], count.resource_arn)
    for name in _names(operation, count.outcome):
        yield Statistic(name, dimension, at, _COUNT, calls.n, calls.n, 1.0, 1.0)
    if count.outcome is Outcome.ANSWERED:
        name = _LATENCY.get(operation, f"{operation}Latency")
        times = (calls.n, calls.total_ms, calls.low_ms, calls.high_ms)
        yield Statistic(name, dimension, at, "Milliseconds", *times)


def _names(operation: str, outcome: Outcome) -> tuple[str, ...]:
    match outcome:
        case Outcome.ANSWERED:
            return _REQUESTS.get(operation, (f"{operation}Requests",))
        case Outcome.REFUSED:
            return (f"{operation}4xxErrors",)
        case Outcome.FAILED:
            return (f"{operation}5xxErrors",)


def _of_cell(cell: Cell) -> Statistic:
    dimension, value = (_SOURCE, cell.source), cell.value
    return Statistic(cell.metric, dimension, cell.bucket, "None", 1, value, value, value)
