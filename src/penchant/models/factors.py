"""Answering with vectors of items and users: an item's score is its product with the user's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Bools, Float32s, Int64s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays

HALF_LIFE_EVENTS: Final = 5.0
NEWEST_EVENTS: Final = 50
_LEAST: Final = np.float32(1e-12)
_ARRAYS: Final = ("vectors", "known", "bias", "popularity", "user_vectors", "learned_until")


@dataclass(frozen=True)
class FactorsModel:
    """Vectors that were learned elsewhere.

    A user's vector is the user's own. Events that came since it was learned, and all events of a
    user without one, count by the mean of their items' vectors, an event's weight halving every 5
    events back, scaled to the length of users' vectors; n fresh events weigh n / (n + 5) of the
    whole. Of nobody anything is known: the mean of the users' vectors. Items without a vector come
    after all others, by popularity. Asked for an item alone, items come by the cosine of their
    vectors with its, the item itself last.

    Attributes:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        vectors: Of the items (n_items, dim).
        known: Which items have one (n_items,).
        bias: Added to the items' scores (n_items,).
        popularity: Users per item (n_items,).
        user_vectors: Zero for users without one, (n_users, dim); (0, dim) where nobody has one.
        learned_until: Time of the newest event that each user's vector was learned from (n_users,).
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    vectors: Float32s
    known: Bools
    bias: Float32s
    popularity: Float32s
    user_vectors: Float32s
    learned_until: Int64s

    _typical: np.float32 = field(init=False, repr=False)
    _average: Float32s = field(init=False, repr=False)
    _by_popularity: Float32s = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lengths = np.linalg.norm(self.user_vectors, axis=1)
        there = lengths > 0
        average = self.user_vectors[there].sum(axis=0) / max(1, int(there.sum()))
        top = 1.0 + float(self.popularity.max(initial=0.0))
        typical = np.float32(lengths[there].mean() if there.any() else 1.0)
        object.__setattr__(self, "_typical", typical)
        object.__setattr__(self, "_average", average.astype(np.float32))
        object.__setattr__(self, "_by_popularity", self.popularity / np.float32(top))

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue, shape (len(queries), n_items)."""
        users = np.empty((len(queries), self.vectors.shape[1]), np.float32)
        for row, query in zip(users, queries, strict=True):
            row[:] = self._user(query)
        scores: Float32s = users @ self.vectors.T + self.bias
        unknown = np.flatnonzero(~self.known)
        for row, user, query in zip(scores, users, queries, strict=True):
            if self._is_related(query):
                row[:] = self._cosines(query.item_index)
            elif not user.any() and not self.bias.any():
                row[:] = self._by_popularity
                continue
            if len(unknown):
                row[unknown] = row[self.known].min() - 1 + self._by_popularity[unknown]
        return scores

    def _is_related(self, query: Query) -> bool:
        """Whether items like an item are asked for, one that has a vector."""
        nobody = query.user_index < 0 and not len(query.history)
        return nobody and query.item_index >= 0 and bool(self.known[query.item_index])

    def _cosines(self, item: int) -> Float32s:
        lengths = np.maximum(np.linalg.norm(self.vectors, axis=1), _LEAST)
        cosines: Float32s = self.vectors @ self.vectors[item] / (lengths * lengths[item])
        cosines[item] = cosines[self.known].min() - 1
        return cosines

    def _user(self, query: Query) -> Float32s:
        """The vector of who asks, (dim,)."""
        own = self._own(query.user_index)
        events = query.history.newest(NEWEST_EVENTS)
        heard = self.known[events.items]
        if own is not None:
            heard &= events.timestamps > self.learned_until[query.user_index]
        items = events.items[heard]
        if not len(items):
            return self._average if own is None else own
        weights = np.exp2(-np.arange(len(items) - 1, -1, -1) / HALF_LIFE_EVENTS)
        mean = weights.astype(np.float32) @ self.vectors[items]
        length = np.linalg.norm(mean)
        if length == 0:
            return self._average if own is None else own
        mean *= self._typical / length
        share = np.float32(1.0 if own is None else len(items) / (len(items) + HALF_LIFE_EVENTS))
        vector: Float32s = share * mean if own is None else share * mean + (1 - share) * own
        return vector

    def _own(self, user: int) -> Float32s | None:
        if not 0 <= user < len(self.user_vectors) or not self.user_vectors[user].any():
            return None
        own: Float32s = self.user_vectors[user]
        return own

    def save(self, folder: Path) -> None:
        """Write the six arrays."""
        save_arrays(folder, **{name: getattr(self, name) for name in _ARRAYS})

    @property
    def description(self) -> dict[str, Any]:
        """Nothing but the arrays is needed to load it again."""
        return {}

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],  # noqa: ARG003  # every family's loader takes it
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote, memory-mapped."""
        arrays: Any = {name: map_array(folder, name) for name in _ARRAYS}
        return cls(items, event_type_names, **arrays)
