"""One list for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Float32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays


@dataclass(frozen=True)
class PopularityModel:
    """Scores items alike for all users.

    Attributes:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        popularity: Score per item (n_items,), higher is more popular.
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    popularity: Float32s

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Repeat the popularity for every query, shape (len(queries), n_items)."""
        return np.tile(self.popularity, (len(queries), 1))

    def save(self, folder: Path) -> None:
        """Write `popularity.npy`."""
        save_arrays(folder, popularity=self.popularity)

    @property
    def description(self) -> dict[str, Any]:
        """Nothing but the array is needed to load it again."""
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
        return cls(items, event_type_names, map_array(folder, "popularity"))
