"""Answering with a trained FFNN: layers of rectified units over a pooled history, in numpy."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Float32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.pooled import PooledArrays, Pooling, flat

N_AGES: Final = 2
"""A training row's age and its square; both 0 for whoever asks."""

_NORM_EPSILON: Final = 1e-5


class FfnnModel:
    """A trained FFNN; safe to call from several threads.

    Args:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        pooling: How histories are pooled.
        arrays: What was learned.
    """

    def __init__(
        self,
        items: Vocabulary,
        event_type_names: tuple[str, ...],
        pooling: Pooling,
        arrays: PooledArrays,
    ) -> None:
        self.items = items
        self.event_type_names = event_type_names
        self.pooling = pooling
        self.arrays = arrays
        self._reader = arrays.reader(pooling, len(event_type_names))
        (first, offset), *further = arrays.layers()
        self._layers = ((first[:, :-N_AGES], offset), *further)

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue, shape (len(queries), n_items)."""
        return self.score_vectors(self.user_vectors(queries), queries)

    def user_vectors(self, queries: Sequence[Query]) -> Float32s:
        """One vector per query, (len(queries), dim); see `VectorModel`."""
        weights = self.arrays.weights
        fields = flat(self._reader.fields(queries))
        units = fields
        for layer, offset in self._layers[:-1]:
            units = np.maximum(units @ layer.T + offset, 0)
        last, offset = self._layers[-1]
        sums = units @ last.T + offset + fields @ weights["short.weight"].T
        sums -= sums.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.square(sums).mean(axis=1, keepdims=True) + np.float32(_NORM_EPSILON))
        vectors: Float32s = sums / spread * weights["norm.weight"] + weights["norm.bias"]
        return vectors

    def score_vectors(self, vectors: Float32s, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue for users whose vectors are known, (len(queries), n_items)."""
        scores: Float32s = vectors @ self.arrays.output.T
        scores += self.arrays.bias
        for row, query in zip(scores, queries, strict=True):
            # an item that stands twice is raised once, as assignment goes
            row[self._reader.had(query)] += self.arrays.bonus
        return scores

    @property
    def description(self) -> dict[str, Any]:
        """How histories are pooled, as JSON values."""
        return self.pooling.description

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        self.arrays.save(folder)

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote; arrays are memory-mapped."""
        return cls(items, event_type_names, Pooling.read(description), PooledArrays.load(folder))
