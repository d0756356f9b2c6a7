"""Items that are met near an item, or are like it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Float32s, Int32s, Int64s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays

FEWEST_INTERACTIONS: Final = 5
"""An item with fewer is cold: it is compared by metadata alone."""

HALF_LIFE_EVENTS: Final = 2.0
NEWEST_EVENTS: Final = 10
_ARRAYS: Final = (
    "offsets", "followers", "counts", "left", "right", "traits", "popularity", "interactions",
)  # fmt: skip
_ITSELF: Final = -1.0


@dataclass(frozen=True)
class Trust:
    """How much each view of an item counts, in the currency of counted steps.

    Attributes:
        factors: What the factors say of a warm item.
        traits: What the metadata says of a warm item.
        sharpness: A likeness of metadata weighs exp(sharpness * cosine).
        popularity_discount: 0: popular items as often as they are met; 1: popularity taken out.
    """

    factors: float = 100.0
    traits: float = 5.0
    sharpness: float = 5.0
    popularity_discount: float = 0.0


@dataclass(frozen=True)
class SimilarItemsModel:
    """How probable every item is beside a given one, told by counts, factors and metadata.

    For a warm item i, with the counts c_ij of what is met near it,

        p_ij = (c_ij + a * f_ij + b * q_ij) / (c_i + a + b),

    where f_i are the factors' counts and q_i weighs the items by popularity and likeness of
    metadata, both with sum 1: the fewer counts there are, the more the others decide. A cold item
    has q_i alone. Scores are p_ij over the share of item j to the power of the discount.

    Three questions have an answer. An item (`item_index`): as above, itself last. A history: the
    sum over its newest 10 items, an event's weight halving every 2 events back. Neither: popular
    items.

    Attributes:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        offsets: int64 (n_items + 1,); item i has the rows `offsets[i]:offsets[i + 1]` of the next.
        followers: Items met near it.
        counts: Their weights, above 0.
        left, right: Factors (n_items, dim): `left[i] @ right[j]` is about c_ij.
        traits: Metadata (n_items, dim), of length 1, or 0 where nothing is known.
        popularity: Users per item, float32 (n_items,).
        interactions: Interactions per item, float32 (n_items,).
        trust: How the parts are weighed.
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    offsets: Int64s
    followers: Int32s
    counts: Float32s
    left: Float32s
    right: Float32s
    traits: Float32s
    popularity: Float32s
    interactions: Float32s
    trust: Trust = field(default_factory=Trust)

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Probabilities over shares, 0 or more, the item asked for -1; (b, n_items)."""
        scores = np.empty((len(queries), len(self.items)), np.float32)
        asked = np.fromiter((query.item_index for query in queries), np.int32, len(queries))
        related = np.flatnonzero(asked >= 0)
        scores[related] = self._near(asked[related])
        scores[related, asked[related]] = _ITSELF
        for place in np.flatnonzero(asked < 0).tolist():
            scores[place] = self._for_history(queries[place])
        return scores

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        save_arrays(folder, **{name: getattr(self, name) for name in _ARRAYS})

    @property
    def description(self) -> dict[str, Any]:
        """How the parts are weighed."""
        return {"trust": vars(self.trust)}

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote, memory-mapped."""
        arrays: Any = {name: map_array(folder, name) for name in _ARRAYS}
        return cls(items, event_type_names, **arrays, trust=Trust(**description["trust"]))

    def _for_history(self, query: Query) -> Float32s:
        newest = query.history.newest(NEWEST_EVENTS).items
        if len(newest) == 0:
            return self.popularity
        ages = np.arange(len(newest) - 1, -1, -1)
        weights = np.exp2(-ages / HALF_LIFE_EVENTS).astype(np.float32)
        return np.asarray(weights @ self._near(newest))

    def _near(self, asked: Int32s) -> Float32s:
        """Scores beside each item asked for (b,), shape (b, n_items)."""
        likeness = self._likeness(asked)
        warm = self.interactions[asked] >= FEWEST_INTERACTIONS
        if warm.any():
            likeness[warm] = self._met(asked[warm], likeness[warm])
        return np.asarray(likeness / self._shares ** np.float32(self.trust.popularity_discount))

    def _met(self, asked: Int32s, likeness: Float32s) -> Float32s:
        found = np.maximum(self.left[asked] @ self.right.T, 0)
        sums = np.maximum(found.sum(axis=1, keepdims=True), 1e-9)
        met = self.trust.factors * found / sums + self.trust.traits * likeness
        mass = np.full(len(asked), self.trust.factors + self.trust.traits, np.float32)
        for place, item in enumerate(asked.tolist()):
            span = slice(int(self.offsets[item]), int(self.offsets[item + 1]))
            met[place, self.followers[span]] += self.counts[span]
            mass[place] += self.counts[span].sum()
        return np.asarray(met / mass[:, None])

    def _likeness(self, asked: Int32s) -> Float32s:
        cosines = self.traits[asked] @ self.traits.T
        weighed = self._shares * np.exp(np.float32(self.trust.sharpness) * (cosines - 1))
        return np.asarray(weighed / weighed.sum(axis=1, keepdims=True))

    @property
    def _shares(self) -> Float32s:
        """Every item's share of all users' items, a cold one's as if it were just warm."""
        raised = np.maximum(self.popularity, FEWEST_INTERACTIONS)
        return np.asarray(raised / raised.sum())
