"""Items that the same users interacted with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.queries import History, Query
from penchant.data.training_set import Float32s, Int32s, Int64s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays

HALF_LIFE_EVENTS: Final = 5.0
NEWEST_EVENTS: Final = 50
_ARRAYS: Final = ("offsets", "neighbours", "similarities", "popularity")
_ITSELF: Final = -2.0


@dataclass(frozen=True)
class SimsModel:
    """The most similar items of every item, in CSR form.

    Item i has the neighbours `neighbours[offsets[i]:offsets[i + 1]]`, best first.

    Three questions have an answer. An item (`item_index`): its neighbours, then the other items by
    popularity, the item itself last; without neighbours that is popular items. A history: items by
    the sum of their similarities to the newest 50 events, an event's weight halving every 5 events
    back, then by popularity. Neither: popular items.

    Attributes:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        offsets: int64 (n_items + 1,).
        neighbours: Item indices.
        similarities: Of the neighbours, above 0.
        popularity: Users per item, float32 (n_items,).
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    offsets: Int64s
    neighbours: Int32s
    similarities: Float32s
    popularity: Float32s
    _fallback: Float32s = field(init=False, repr=False)

    def __post_init__(self) -> None:
        top = 1.0 + float(self.popularity.max(initial=0.0))
        object.__setattr__(self, "_fallback", self.popularity / np.float32(top) - np.float32(1.0))

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Similarities above 0, items without any in [-1, 0) by popularity; (b, n_items)."""
        scores = np.tile(self._fallback, (len(queries), 1))
        for row, query in zip(scores, queries, strict=True):
            if query.item_index >= 0:
                found = self._neighbours(query.item_index)
                row[self.neighbours[found]] = self.similarities[found]
                row[query.item_index] = _ITSELF
            elif len(query.history):
                sums = self._sums(query.history)
                np.copyto(row, sums, where=sums > 0)
        return scores

    def save(self, folder: Path) -> None:
        """Write the four arrays."""
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

    def _neighbours(self, item: int) -> slice:
        return slice(int(self.offsets[item]), int(self.offsets[item + 1]))

    def _sums(self, history: History) -> Float32s:
        """Weighted similarities (n_items,) to the newest events; time O(events x neighbours)."""
        newest = history.newest(NEWEST_EVENTS).items
        weights = np.exp2(-np.arange(len(newest) - 1, -1, -1) / HALF_LIFE_EVENTS)
        spans = [self._neighbours(item) for item in newest.tolist()]
        neighbours = np.concatenate([self.neighbours[span] for span in spans])
        similarities = np.concatenate([self.similarities[span] for span in spans])
        values = similarities * np.repeat(weights, [span.stop - span.start for span in spans])
        sums = np.bincount(neighbours, values, minlength=len(self.items))
        return sums.astype(np.float32)
