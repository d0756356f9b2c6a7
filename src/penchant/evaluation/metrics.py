"""Accuracy of ranked lists: the service's definitions and the field's others.

Every function takes `hits` (n, k), true where the item at that rank is relevant, and `n_relevant`
(n,), the number of distinct relevant items of each query; `hits_in` makes both. Relevance is
binary. Nothing here rounds except `rounded`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Bools, Float32s
from penchant.domain.metrics import COVERAGE, CUTOFFS, NDCG, PRECISION, RECIPROCAL_RANK

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

LIST_LENGTH = 25


def hits_in(ranked: Ints, relevant: Sequence[Ints]) -> tuple[Bools, npt.NDArray[np.int64]]:
    """Find where relevant items stand.

    Args:
        ranked: Item indices, best first, shape (n, k); -1 fills a list that is too short.
        relevant: Item indices per query; an item that stands twice counts once.

    Returns:
        Hits (n, k) and the number of distinct relevant items per query (n,).

    Raises:
        ValueError: The two have different lengths, or there is no query.
    """
    n = len(ranked)
    if n != len(relevant) or n == 0:
        raise ValueError(f"{n} lists and {len(relevant)} relevant sets: need the same, at least 1")
    rows = np.repeat(np.arange(n, dtype=np.int64), [len(items) for items in relevant])
    items = np.concatenate(relevant).astype(np.int64)
    width = int(max(ranked.max(initial=0), items.max(initial=0))) + 2
    keys = np.sort(rows * width + items + 1)
    keys = keys[np.diff(keys, prepend=-1) > 0]
    lists = np.arange(n, dtype=np.int64)[:, None] * width + ranked + 1
    places = np.searchsorted(keys, lists)
    hits = np.append(keys, -1)[places] == lists
    return hits & (ranked >= 0), np.bincount(keys // width, minlength=n)


def service_metrics(ranked: Ints, relevant: Sequence[Ints], n_items: int) -> dict[str, float]:
    """The metrics that `GetSolutionMetrics` names, over lists of up to 25, unrounded.

    Coverage is the share of the catalogue that stands in any of the lists.

    Raises:
        ValueError: As `hits_in`.
    """
    hits, n_relevant = hits_in(ranked[:, :LIST_LENGTH], relevant)
    metrics = {
        COVERAGE: coverage(ranked[:, :LIST_LENGTH], n_items),
        RECIPROCAL_RANK: float(reciprocal_rank(hits).mean()),
    }
    for k in CUTOFFS:
        metrics[f"{NDCG}_at_{k}"] = float(ndcg(hits, n_relevant, k).mean())
    for k in CUTOFFS:
        metrics[f"{PRECISION}_at_{k}"] = float(precision(hits, k).mean())
    return metrics


def event_weight_metrics(
    ranked: Ints, relevant: Sequence[Ints], gains: Sequence[Floats]
) -> dict[str, float]:
    """What `GetSolutionMetrics` tells besides where the solution weighs events, unrounded.

    Args:
        ranked: As for `hits_in`.
        relevant: Distinct item indices per query, sorted.
        gains: The weight of each of them; only ratios matter.
    """
    at_ranks = gains_in(ranked[:, :LIST_LENGTH], relevant, gains)
    return {
        f"{NDCG}_with_event_weights_at_{k}": float(weighted_ndcg(at_ranks, gains, k).mean())
        for k in CUTOFFS
    }


def average_rewards(ranked: Ints, relevant: Sequence[Ints], rewards: Float32s) -> float:
    """What `GetSolutionMetrics` tells besides where the solution has an objective, unrounded.

    Per query, the rewards of the relevant items in the list / those of the best list that relevant
    items could fill; the mean over the queries for which that is above 0. The service's wording
    leaves the divisor open.

    Args:
        ranked: As for `hits_in`.
        relevant: Distinct item indices per query, sorted.
        rewards: Of each item (n_items,); missing and negative ones count as 0.
    """
    of_items = np.maximum(np.nan_to_num(rewards.astype(np.float64)), 0.0)
    gains = [of_items[items] for items in relevant]
    found = gains_in(ranked[:, :LIST_LENGTH], relevant, gains).sum(axis=1)
    best = np.array([np.sort(one)[-LIST_LENGTH:].sum() for one in gains])
    return float((found[best > 0] / best[best > 0]).mean()) if (best > 0).any() else 0.0


def standard_metrics(ranked: Ints, relevant: Sequence[Ints]) -> dict[str, float]:
    """What papers print beside the service's keys, unrounded.

    NDCG, precision and reciprocal rank have no second entry here: the base of the logarithm
    cancels, so the service's definitions are the usual ones.

    Raises:
        ValueError: As `hits_in`.
    """
    hits, n_relevant = hits_in(ranked[:, :LIST_LENGTH], relevant)
    metrics: dict[str, float] = {}
    for k in CUTOFFS:
        metrics[f"hit_rate_at_{k}"] = float(hit_rate(hits, k).mean())
    for k in CUTOFFS:
        metrics[f"recall_at_{k}"] = float(recall(hits, n_relevant, k).mean())
    for k in CUTOFFS:
        metrics[f"mean_average_precision_at_{k}"] = float(
            average_precision(hits, n_relevant, k).mean()
        )
    return metrics


def rounded(metrics: Mapping[str, float]) -> dict[str, float]:
    """The metrics as they are shown: 4 decimals."""
    return {name: round(value, 4) for name, value in metrics.items()}


def coverage(ranked: Ints, n_items: int) -> float:
    """Distinct items in all lists / items of the catalogue."""
    listed = np.zeros(n_items, np.bool_)
    listed[ranked[ranked >= 0]] = True
    return float(listed.mean())


def reciprocal_rank(hits: Bools) -> Floats:
    """1 / rank of the first hit, 0 without one; shape (n,)."""
    first = hits.argmax(axis=1)
    return np.asarray(hits.any(axis=1) / (1.0 + first))


def ndcg(hits: Bools, n_relevant: Ints, k: int) -> Floats:
    """Gain 1/log(1 + rank) per hit in the top `k` / that of min(k, n_relevant) hits; (n,)."""
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    ideals = np.concatenate([[1.0], np.cumsum(discounts)])  # no relevant item: 0 / 1
    gains = hits[:, :k] @ discounts[: hits.shape[1]]
    return np.asarray(gains / ideals[np.minimum(n_relevant, k)])


def gains_in(ranked: Ints, relevant: Sequence[Ints], gains: Sequence[Floats]) -> Floats:
    """The gain of the item at each rank, 0 where it is not relevant; shape of `ranked`."""
    found = np.zeros(ranked.shape)
    for row, (items, of_items) in enumerate(zip(relevant, gains, strict=True)):
        places = np.minimum(np.searchsorted(items, ranked[row]), len(items) - 1)
        hit = items[places] == ranked[row]
        found[row, hit] = of_items[places[hit]]
    return found


def weighted_ndcg(at_ranks: Floats, gains: Sequence[Floats], k: int) -> Floats:
    """As `ndcg` with gains of any size, `at_ranks` (n, k or more); 0 where no item has one."""
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    ideals = np.array([np.sort(one)[::-1][:k] @ discounts[: min(k, len(one))] for one in gains])
    found = at_ranks[:, :k] @ discounts[: at_ranks.shape[1]]
    return np.asarray(found / np.where(ideals > 0, ideals, 1.0))


def precision(hits: Bools, k: int) -> Floats:
    """Hits in the top `k` / k, shape (n,)."""
    return np.asarray(hits[:, :k].sum(axis=1) / k)


def recall(hits: Bools, n_relevant: Ints, k: int) -> Floats:
    """Hits in the top `k` / relevant items, shape (n,)."""
    return np.asarray(hits[:, :k].sum(axis=1) / np.maximum(n_relevant, 1))


def hit_rate(hits: Bools, k: int) -> Floats:
    """1 where the top `k` holds a hit, shape (n,)."""
    return np.asarray(hits[:, :k].any(axis=1), np.float64)


def average_precision(hits: Bools, n_relevant: Ints, k: int) -> Floats:
    """Mean over min(k, n_relevant) of the precision at each hit's rank, shape (n,)."""
    top = hits[:, :k]
    at_rank = np.cumsum(top, axis=1) / np.arange(1, top.shape[1] + 1)
    return np.asarray((at_rank * top).sum(axis=1) / np.maximum(np.minimum(n_relevant, k), 1))
