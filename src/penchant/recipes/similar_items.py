"""Similar items: what is met together and what is alike (`aws-similar-items`).

Counts of what follows what within histories, smoothed by their own truncated singular value
decomposition where they are few, and by the likeness of metadata where there are hardly any; the
formula stands in `models.similar_items`. Smoothing of counts by a coarser model with a fixed mass
is that of Jelinek and Mercer (1980) in the Dirichlet form of Zhai and Lafferty (2004).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numpy as np
from scipy import sparse

from penchant.data.training_set import Float32s, TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.similar_items import SimilarItemsModel, Trust
from penchant.recipes.contract import Progress, Step
from penchant.recipes.factors import right_factors
from penchant.recipes.following import followers
from penchant.recipes.neighbours import strongest_of_rows
from penchant.recipes.popularity import require_interactions, unique_users
from penchant.recipes.traits import trait_vectors

LEAST_DISCOUNT: Final = 0.1
"""The exponent that a discount factor of 0 stands for, measured better than none."""

_DAMPING: Final = 10
_MOST_DENSE: Final = 8192
_DENSE_SHARE: Final = 0.02  # above it the product of full tables is the faster one


@dataclass(frozen=True)
class SimilarItems:
    """`aws-similar-items` and its hyper-parameters.

    Attributes:
        popularity_discount_factor: 0: popular items nearly as often as they are met; 1: popularity
            counts for nothing.
        item_id_hidden_dim: Numbers per item of the co-occurrences' factors.
        item_metadata_hidden_dim: Numbers per item of the metadata's vectors, at most.
        trust: How the parts are weighed; its discount is not read.
    """

    popularity_discount_factor: float = 0.0
    item_id_hidden_dim: int = 100
    item_metadata_hidden_dim: int = 100
    trust: Trust = field(default_factory=Trust)

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's words; see `Recipe.from_parameters`."""
        return cls(**read_all("aws-similar-items", hyper_parameters, feature_parameters))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,  # noqa: ARG002  # counting anew is as fast
    ) -> SimilarItemsModel:
        """Count steps, factor the counts, fold the metadata.

        Time O(n_rows + n_items * dim^2 + counted pairs * dim), memory O(n_rows).

        Raises:
            ValueError: There are no interactions.
        """
        require_interactions(training_set)
        rng = np.random.default_rng(seed)
        progress(Step("counting steps", 0.0))
        counts = followers(training_set, rng)
        progress(Step("factoring", 0.3))
        left, right = step_factors(counts, self.item_id_hidden_dim, rng)
        progress(Step("reading metadata", 0.8))
        traits = trait_vectors(
            training_set.item_features, training_set.n_items, self.item_metadata_hidden_dim, rng
        )
        offsets, kept, weights = strongest_of_rows(counts)
        popularity = unique_users(training_set).astype(np.float32)
        n_rows = np.bincount(training_set.item_indices, minlength=training_set.n_items)
        progress(Step("done", 1.0))
        return SimilarItemsModel(
            items=training_set.items,
            event_type_names=training_set.event_type_names,
            offsets=offsets,
            followers=kept,
            counts=weights,
            left=left,
            right=right,
            traits=traits,
            popularity=popularity,
            interactions=n_rows.astype(np.float32),
            trust=self._trust(),
        )

    def _trust(self) -> Trust:
        discount = LEAST_DISCOUNT + (1 - LEAST_DISCOUNT) * self.popularity_discount_factor
        return replace(self.trust, popularity_discount=discount)


def step_factors(
    counts: "sparse.csr_array[Any]", dim: int, rng: np.random.Generator
) -> tuple[Float32s, Float32s]:
    """Two tables (n_items, dim) with `left[i] @ right[j]` about `counts[i, j]`.

    The decomposition is of the counts over the roots of both items' sums, so that popular pairs
    are not all that is seen. Numbers beyond the rank are zero.
    """
    n_items = counts.shape[0]
    by_row = np.sqrt(np.asarray(counts.sum(axis=1), np.float32) + _DAMPING)
    by_column = np.sqrt(np.asarray(counts.sum(axis=0), np.float32) + _DAMPING)
    normed = sparse.diags(1 / by_row) @ counts @ sparse.diags(1 / by_column)
    table: Any = sparse.csr_matrix(normed, dtype=np.float32)
    if n_items <= _MOST_DENSE and table.nnz > _DENSE_SHARE * n_items**2:
        table = table.toarray()
    rank = min(dim, n_items)
    _, directions = right_factors(table, rank, rng)
    left, right = np.zeros((2, n_items, dim), np.float32)
    left[:, :rank] = (table @ directions.T) * by_row[:, None]
    right[:, :rank] = directions.T * by_column[:, None]
    return left, right
