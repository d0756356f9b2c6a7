"""What an evaluation found, as values: figures with intervals, comparisons, views of the lists."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from penchant.data.training_set import Int32s
from penchant.domain.metrics import COVERAGE, MAIN, RECIPROCAL_RANK
from penchant.evaluation import report_views as views
from penchant.evaluation.metrics import LIST_LENGTH, Floats, coverage
from penchant.evaluation.per_user import LABELS, curves, per_user
from penchant.evaluation.ranking import Seen
from penchant.evaluation.report_views import Bucket, Reach
from penchant.evaluation.significance import (
    Interval,
    bootstrap_intervals,
    holm,
    randomisation_p_values,
)
from penchant.evaluation.splits import Split

COMPARED: Final = (
    MAIN,
    RECIPROCAL_RANK,
    "precision_at_10",
    "hit_rate_at_10",
    "recall_at_25",
)
SEEN: Final[Mapping[str, str]] = {
    Seen.KEPT: "Items of a user's own history may be recommended, as the service does.",
    Seen.REMOVED: "Items of a user's own history are left out of the lists.",
}

PerUser = dict[tuple[str, str, str], Floats]
"""(name, seen, metric) -> one value per test user, the mean over the training seeds."""


@dataclass(frozen=True)
class Contestant:
    """One recipe or baseline with the lists it gave to the test users.

    Attributes:
        name: What tables call it.
        baseline: Whether others are compared with it.
        lists: One way with seen items or both -> ranked items (n_users, 25) per training seed.
        fit_s: Seconds of learning, the mean over seeds; None where not taken.
        rank_s: Seconds of ranking for all test users.
        parameters: Hyper-parameters that were given.
    """

    name: str
    baseline: bool
    lists: Mapping[Seen, Sequence[Int32s]]
    fit_s: float | None = None
    rank_s: float = 0.0
    parameters: Mapping[str, str] = field(default_factory=dict)


_Lists = tuple[Contestant, str, Sequence[Int32s]]
"""A contestant, a way with seen items, and its lists of that way, one array per seed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one contestant; `seed_deviation` is that of the means of several seeds."""

    name: str
    seen: str
    metric: str
    interval: Interval
    seed_deviation: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much `name` is above `other` on the same users.

    Attributes:
        difference: Mean difference per user.
        p: Two-sided p value of the paired randomisation test.
        p_holm: The same, adjusted over all comparisons of this metric and `seen`.
    """

    name: str
    other: str
    seen: str
    metric: str
    difference: Interval
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A measure at cut-offs 1 to 25, of the first training."""

    name: str
    seen: str
    measure: str
    values: list[float]


@dataclass(frozen=True)
class Report:
    """All findings; `names` are in the order of the contestants."""

    names: tuple[str, ...]
    baselines: frozenset[str]
    seen: tuple[str, ...]
    n_users: int
    fit_s: Mapping[str, float | None]
    figures: list[Figure]
    comparisons: list[Comparison]
    curves: list[Curve]
    buckets: list[Bucket]
    reach: list[Reach]

    def interval(self, name: str, seen: str, metric: str) -> Interval:
        """One figure's interval."""
        wanted = (name, seen, metric)
        return next(f.interval for f in self.figures if (f.name, f.seen, f.metric) == wanted)

    def values(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self) | {"baselines": sorted(self.baselines)}


def report_of(contestants: Sequence[Contestant], split: Split, *, seed: int) -> Report:
    """Judge the lists of all contestants on one split.

    Args:
        contestants: In the order wanted; each with the same keys in `lists`.
        split: What had to be found.
        seed: Draws resamples and sign patterns.

    Raises:
        ValueError: There is no contestant or no test user.
    """
    if not contestants:
        raise ValueError("there is nothing to judge: name at least one recipe")
    every = [(one, seen, lists) for one in contestants for seen, lists in one.lists.items()]
    by_seed: dict[tuple[str, str], list[dict[str, Floats]]] = {
        (one.name, seen): [per_user(ranked, split.relevant) for ranked in lists]
        for one, seen, lists in every
    }
    means: PerUser = {
        (name, seen, metric): np.mean([values[metric] for values in seeds], axis=0)
        for (name, seen), seeds in by_seed.items()
        for metric in LABELS
    }
    ways = tuple(contestants[0].lists)
    return Report(
        names=tuple(one.name for one in contestants),
        baselines=frozenset(one.name for one in contestants if one.baseline),
        seen=ways,
        n_users=len(split.queries),
        fit_s={one.name: one.fit_s for one in contestants},
        figures=_figures(means, by_seed, seed) + _coverages(every, split.n_items),
        comparisons=_comparisons(_pairs(contestants), means, ways, seed),
        curves=[one for lists in every for one in _curves(*lists, split)],
        buckets=_buckets(every, means, split, seed),
        reach=[views.reach(one.name, seen, lists[0], split) for one, seen, lists in every],
    )


def _curves(one: Contestant, seen: str, lists: Sequence[Int32s], split: Split) -> Iterator[Curve]:
    for measure, values in curves(lists[0], split.relevant).items():
        yield Curve(one.name, seen, measure, values)


def _buckets(every: Sequence[_Lists], means: PerUser, split: Split, seed: int) -> list[Bucket]:
    main = {key[:2]: values for key, values in means.items() if key[2] == MAIN}
    lists = {(one.name, seen): lists for one, seen, lists in every}
    return views.buckets(main, split, seed) + views.item_buckets(lists, split, seed)


def _figures(
    means: PerUser, by_seed: Mapping[tuple[str, str], list[dict[str, Floats]]], seed: int
) -> list[Figure]:
    intervals = bootstrap_intervals(np.stack(list(means.values()), axis=1), seed=seed)
    figures = []
    for (name, seen, metric), interval in zip(means, intervals, strict=True):
        runs = [float(values[metric].mean()) for values in by_seed[name, seen]]
        deviation = float(np.std(runs, ddof=1)) if len(runs) > 1 else None
        figures.append(Figure(name, seen, metric, interval, deviation))
    return figures


def _coverages(every: Sequence[_Lists], n_items: int) -> list[Figure]:
    """Coverage is one number of all lists together: it has no interval over users."""
    figures = []
    for one, seen, lists in every:
        shares = [coverage(ranked[:, :LIST_LENGTH], n_items) for ranked in lists]
        mean = float(np.mean(shares))
        deviation = float(np.std(shares, ddof=1)) if len(shares) > 1 else None
        figures.append(Figure(one.name, seen, COVERAGE, Interval(mean, mean, mean), deviation))
    return figures


def _pairs(contestants: Sequence[Contestant]) -> list[tuple[str, str]]:
    """Every recipe with every baseline, and with the recipes after it."""
    recipes = [one.name for one in contestants if not one.baseline]
    baselines = [one.name for one in contestants if one.baseline]
    return [
        (name, other)
        for place, name in enumerate(recipes)
        for other in [*recipes[place + 1 :], *baselines]
    ]


def _comparisons(
    pairs: Sequence[tuple[str, str]], means: PerUser, ways: Sequence[str], seed: int
) -> list[Comparison]:
    if not pairs:
        return []
    cases = [
        (seen, metric, name, other) for seen in ways for metric in COMPARED for name, other in pairs
    ]
    differences = np.stack(
        [
            means[name, seen, metric] - means[other, seen, metric]
            for seen, metric, name, other in cases
        ],
        axis=1,
    )
    intervals = bootstrap_intervals(differences, seed=seed)
    p_values = randomisation_p_values(differences, seed=seed).tolist()
    n = len(pairs)  # the cases of one way and one metric stand together
    adjusted = [p for start in range(0, len(cases), n) for p in holm(p_values[start : start + n])]
    return [
        Comparison(name, other, seen, metric, interval, p, p_holm)
        for (seen, metric, name, other), interval, p, p_holm in zip(
            cases, intervals, p_values, adjusted, strict=True
        )
    ]
