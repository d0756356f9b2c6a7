"""Where lists are good and what they hold: by length of history, by popularity, by reach."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from penchant.data.training_set import Bools, Int32s, Int64s
from penchant.evaluation.metrics import LIST_LENGTH, Floats, coverage
from penchant.evaluation.significance import Interval, bootstrap_intervals
from penchant.evaluation.splits import Split

HISTORY: Final = "history length"
POPULARITY: Final = "popularity of what was to be found"
_N_HISTORY_GROUPS: Final = 4
_N_POINTS: Final = 51
_GROUPS: Final = ("popular", "middle", "rare", "new")

PerList = Mapping[tuple[str, str], Floats]
"""(name, seen) -> one value per test user."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A mean over part of the test users.

    Attributes:
        kind: `HISTORY` (the mean is NDCG@10 of these users) or `POPULARITY` (the mean is the share
            of these items that stand in the user's list of 25).
        label: Which part.
        n_users: Users in it.
    """

    kind: str
    label: str
    n_users: int
    name: str
    seen: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Reach:
    """What the lists of 25 hold, those of the first training.

    Attributes:
        coverage: Share of the catalogue that stands in any list.
        top_share: Share of all places that the most popular hundredth of the catalogue takes.
        curve: Share of all places taken by the most popular 0 %, 2 %, ..., 100 % of the catalogue.
    """

    name: str
    seen: str
    coverage: float
    top_share: float
    curve: list[float]


def buckets(values: PerList, split: Split, seed: int) -> list[Bucket]:
    """The mean of each list's values for users of short to long history."""
    lengths = np.array([len(query.history) for query in split.queries])
    return [
        bucket
        for label, group in _history_groups(lengths)
        for bucket in _bucket(HISTORY, label, {key: v[group] for key, v in values.items()}, seed)
    ]


def item_buckets(
    lists: Mapping[tuple[str, str], Sequence[Int32s]], split: Split, seed: int
) -> list[Bucket]:
    """The share of what was to be found that lists hold, for popular to new items.

    Popular, middle and rare items have a third of the training rows each; new ones have none.
    """
    groups = popularity_groups(_counts(split))
    users = np.repeat(np.arange(len(split.relevant)), [len(items) for items in split.relevant])
    items = np.concatenate(split.relevant)
    found = {
        key: np.mean([_found(ranked, users, items) for ranked in seeds], axis=0)
        for key, seeds in lists.items()
    }
    result: list[Bucket] = []
    for number, label in enumerate(_GROUPS):
        inside = groups[items] == number
        if not inside.any():
            continue
        there, places = np.unique(users[inside], return_inverse=True)
        n_wanted = np.bincount(places, minlength=len(there))
        shares = {
            key: np.bincount(places, one[inside], minlength=len(there)) / n_wanted
            for key, one in found.items()
        }
        result += _bucket(POPULARITY, label, shares, seed)
    return result


def popularity_groups(counts: Int64s) -> Int64s:
    """Index into popular, middle, rare, new per item (n_items,), from training rows per item."""
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    groups = np.empty(len(counts), np.int64)
    groups[order] = np.minimum(2, 3 * before // max(1, counts.sum()))
    groups[counts == 0] = 3
    return groups


def reach(name: str, seen: str, ranked: Int32s, split: Split) -> Reach:
    """How much of the catalogue one set of lists shows, and how popular that is."""
    top = ranked[:, :LIST_LENGTH]
    order = np.argsort(-_counts(split), kind="stable")
    shown = np.bincount(top[top >= 0], minlength=split.n_items)[order]
    shares = np.concatenate([[0.0], np.cumsum(shown) / max(1, shown.sum())])
    places = np.linspace(0, split.n_items, _N_POINTS)
    curve = np.interp(places, np.arange(split.n_items + 1), shares)
    n_top = max(1, round(split.n_items / 100))
    return Reach(name, seen, coverage(top, split.n_items), float(shares[n_top]), curve.tolist())


def _counts(split: Split) -> Int64s:
    return np.bincount(split.train.item_indices, minlength=split.n_items).astype(np.int64)


def _found(ranked: Int32s, users: Int64s, items: Int32s) -> Bools:
    """Whether each pair's item stands in the user's list, in slices of bounded memory."""
    found = np.empty(len(users), np.bool_)
    step = 100_000
    for start in range(0, len(users), step):
        some = slice(start, start + step)
        found[some] = (ranked[users[some], :LIST_LENGTH] == items[some, None]).any(axis=1)
    return found


def _history_groups(lengths: Int64s) -> Iterator[tuple[str, Bools]]:
    """About equally many users each; labels tell the range of lengths."""
    shares = np.arange(1, _N_HISTORY_GROUPS) / _N_HISTORY_GROUPS
    cuts = np.unique(np.quantile(lengths, shares, method="lower"))
    which = np.searchsorted(cuts, lengths, side="left")
    for number in np.unique(which):
        group = which == number
        low, high = int(lengths[group].min()), int(lengths[group].max())
        yield (f"{low}" if low == high else f"{low} to {high}"), group


def _bucket(kind: str, label: str, values: PerList, seed: int) -> list[Bucket]:
    columns = np.stack(list(values.values()), axis=1)
    intervals = bootstrap_intervals(columns, seed=seed)
    return [
        Bucket(kind, label, len(columns), name, seen, interval)
        for (name, seen), interval in zip(values, intervals, strict=True)
    ]
