"""Names of the metrics of recommended items, as `GetSolutionMetrics` spells them."""

from typing import Final

CUTOFFS: Final = (5, 10, 25)
COVERAGE: Final = "coverage"
RECIPROCAL_RANK: Final = "mean_reciprocal_rank_at_25"
NDCG: Final = "normalized_discounted_cumulative_gain"
"""Followed by `_at_` and a cut-off, as is precision."""
PRECISION: Final = "precision"
MAIN: Final = f"{NDCG}_at_10"
"""What recipes and settings are judged by unless another metric is named."""

OF_ITEMS: Final = (
    RECIPROCAL_RANK,
    *(f"{NDCG}_at_{k}" for k in CUTOFFS),
    *(f"{PRECISION}_at_{k}" for k in CUTOFFS),
    COVERAGE,
)
