"""Answers by what follows what; imported where it answers, so without anything that learns."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays

_ARRAYS = ("transitions", "popularity")
_LEAST_SHARE = 1e-3


@dataclass(frozen=True)
class TransitionsModel:
    """Scores are shares of what followed the newest `window` events, and a little popularity.

    Attributes:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        transitions: Share of each item (second axis) among what followed an item (first axis).
        popularity: Share of each item among all rows (n_items,).
        window: Newest events that count.
        fading: Weight of an event relative to the next newer one.
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    transitions: npt.NDArray[np.float32]
    popularity: npt.NDArray[np.float32]
    window: int
    fading: float

    def score(self, queries: Sequence[Query]) -> npt.NDArray[np.float32]:
        """Score the catalogue, shape (len(queries), n_items)."""
        scores = np.tile(np.float32(_LEAST_SHARE) * self.popularity, (len(queries), 1))
        for row, query in zip(scores, queries, strict=True):
            newest = query.history.newest(self.window).items[::-1]
            weights = np.float32(self.fading) ** np.arange(len(newest), dtype=np.float32)
            np.add(row, weights @ self.transitions[newest], out=row)
        return scores

    @property
    def description(self) -> dict[str, Any]:
        """What `load` needs beside the arrays, as JSON values."""
        return {"window": self.window, "fading": self.fading}

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        save_arrays(folder, **{name: getattr(self, name) for name in _ARRAYS})

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote, memory-mapped."""
        arrays = (map_array(folder, name) for name in _ARRAYS)
        return cls(items, event_type_names, *arrays, **description)
