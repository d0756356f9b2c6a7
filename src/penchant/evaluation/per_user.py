"""Every metric as one value per test user, so that users can be resampled and paired."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from penchant.data.training_set import Bools
from penchant.domain.metrics import CUTOFFS, NDCG, PRECISION, RECIPROCAL_RANK
from penchant.evaluation import metrics
from penchant.evaluation.metrics import LIST_LENGTH, Floats, Ints

Metric = Callable[[Bools, Ints, int], Floats]
"""Takes hits (n, 25), the number of relevant items (n,) and the cut-off; returns (n,)."""

_AT_K: Final[Mapping[str, tuple[str, Metric]]] = {
    NDCG: ("NDCG", metrics.ndcg),
    PRECISION: ("P", lambda hits, _, k: metrics.precision(hits, k)),
    "hit_rate": ("HR", lambda hits, _, k: metrics.hit_rate(hits, k)),
    "recall": ("R", metrics.recall),
    "mean_average_precision": ("MAP", metrics.average_precision),
}

LABELS: Final[Mapping[str, str]] = {
    RECIPROCAL_RANK: "MRR@25",
    **{f"{name}_at_{k}": f"{label}@{k}" for name, (label, _) in _AT_K.items() for k in CUTOFFS},
}
"""Metric -> what tables and plots call it; the names are those of the service where it has one."""


def per_user(ranked: Ints, relevant: Sequence[Ints]) -> dict[str, Floats]:
    """Every metric of `LABELS` for every list; each value has shape (n,).

    Args:
        ranked: Item indices, best first, shape (n, k); -1 fills a list that is too short.
        relevant: Item indices per list.

    Raises:
        ValueError: The two have different lengths, or there is no list.
    """
    hits, n_relevant = metrics.hits_in(ranked[:, :LIST_LENGTH], relevant)
    values = {RECIPROCAL_RANK: metrics.reciprocal_rank(hits)}
    for name, (_, metric) in _AT_K.items():
        for k in CUTOFFS:
            values[f"{name}_at_{k}"] = metric(hits, n_relevant, k)
    return values


def curves(ranked: Ints, relevant: Sequence[Ints]) -> dict[str, list[float]]:
    """Mean NDCG and recall at every cut-off from 1 to 25.

    Raises:
        ValueError: As `per_user`.
    """
    hits, n_relevant = metrics.hits_in(ranked[:, :LIST_LENGTH], relevant)
    cutoffs = range(1, LIST_LENGTH + 1)
    return {
        "NDCG": [float(np.mean(metrics.ndcg(hits, n_relevant, k))) for k in cutoffs],
        "recall": [float(np.mean(metrics.recall(hits, n_relevant, k))) for k in cutoffs],
    }
