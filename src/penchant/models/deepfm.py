"""Answering with a trained DeepFM: a factorization machine and a deep part, in numpy.

The machine scores all items by one product of a user's vector with theirs. The deep part's first
layer is linear in the fields: the items' share of it is worked out once, when the model is loaded,
and a user's share once per question, so that only their sum has to go through the further, narrow
layers. In catalogues of more than `MOST_DEEP` items only that many, the machine's best, go through
the deep part; the others come after them in the machine's order.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Float32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.pooled import PooledArrays, Pooling, flat

MOST_DEEP: Final = 16_384


class DeepFmModel:
    """A trained DeepFM; safe to call from several threads.

    Args:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        pooling: How histories are pooled.
        arrays: What was learned; `weights` has users' own vectors too.
        most_deep: Items that go through the deep part.
    """

    def __init__(
        self,
        items: Vocabulary,
        event_type_names: tuple[str, ...],
        pooling: Pooling,
        arrays: PooledArrays,
        most_deep: int = MOST_DEEP,
    ) -> None:
        self.items = items
        self.event_type_names = event_type_names
        self.pooling = pooling
        self.arrays = arrays
        self._most_deep = most_deep
        self._reader = arrays.reader(pooling, len(event_type_names))
        self._layers = arrays.layers()
        self._of_items: Float32s = arrays.output @ arrays.weights["of_item.weight"].T

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue, shape (len(queries), n_items)."""
        weights = self.arrays.weights
        fields = self._fields(queries)
        vectors = (fields * weights["strengths"]).sum(axis=1)
        of_users = flat(fields) @ weights["of_user.weight"].T
        of_users += weights["of_user.bias"]
        scores: Float32s = vectors @ self.arrays.output.T
        scores += self.arrays.bias
        for row, of_user, query in zip(scores, of_users, queries, strict=True):
            row[self._reader.had(query)] += self.arrays.bonus
            self._add_deep(row, of_user)
        return scores

    def _fields(self, queries: Sequence[Query]) -> Float32s:
        """The pooled fields and the users' own vectors, (len(queries), n_fields + 1, dim)."""
        table = self.arrays.weights["users.weight"]
        users = np.array([query.user_index for query in queries], np.int64)
        known = (users >= 0) & (users < len(table))
        own = np.zeros((len(queries), 1, table.shape[1]), np.float32)
        own[known, 0] = table[users[known]]
        return np.concatenate([self._reader.fields(queries), own], axis=1)

    def _add_deep(self, scores: Float32s, of_user: Float32s) -> None:
        """Add the deep part to the machine's scores (n_items,)."""
        if len(scores) <= self._most_deep:
            scores += self._deep(self._of_items + of_user)
            return
        order = np.argpartition(-scores, self._most_deep)
        best, rest = order[: self._most_deep], order[self._most_deep :]
        scores[best] += self._deep(self._of_items[best] + of_user)
        scores[rest] += min(0, scores[best].min() - scores[rest].max())

    def _deep(self, units: Float32s) -> Float32s:
        """From the first layer's sums (n, width), which are written over, to scores (n,)."""
        np.maximum(units, 0, out=units)
        for layer, offset in self._layers[:-1]:
            units = units @ layer.T
            units += offset
            np.maximum(units, 0, out=units)
        last, offset = self._layers[-1]
        scores: Float32s = units @ last[0] + offset
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
