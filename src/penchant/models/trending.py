"""Items whose interactions grow fastest; `penchant.data.trends` says how that is reckoned."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Float32s, Int32s, Int64s
from penchant.data.trends import growth, window_counts
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays

_ARRAYS: Final = ("popularity", "recent_users", "recent_items", "recent_timestamps")


def trend_scores(grown: Float32s, popularity: Float32s) -> Float32s:
    """Growth where it is above 0; the other items by popularity in [-1, 0); shape (n_items,)."""
    fallback = popularity / np.float32(1.0 + popularity.max(initial=0.0)) - np.float32(1.0)
    return np.where(grown > 0, grown, fallback)


@dataclass(frozen=True)
class TrendingModel:
    """The interactions of late, from which growth is worked out at any moment.

    Attributes:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        window_s: Length of a window.
        trained_until: Time of the newest training row.
        popularity: Users per item, float32 (n_items,).
        recent_users, recent_items, recent_timestamps: The rows of the newest `WINDOWS` windows.
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    window_s: int
    trained_until: int
    popularity: Float32s
    recent_users: Int32s
    recent_items: Int32s
    recent_timestamps: Int64s
    _scores: Float32s = field(init=False, repr=False)

    def __post_init__(self) -> None:
        counts = window_counts(
            self.recent_items,
            self.recent_timestamps,
            now=self.trained_until,
            window_s=self.window_s,
            n_items=len(self.items),
        )
        object.__setattr__(self, "_scores", trend_scores(growth(counts), self.popularity))

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Growth at the end of training, then popularity, alike for all; (b, n_items)."""
        return np.tile(self._scores, (len(queries), 1))

    def save(self, folder: Path) -> None:
        """Write the four arrays."""
        save_arrays(folder, **{name: getattr(self, name) for name in _ARRAYS})

    @property
    def description(self) -> dict[str, Any]:
        """The two numbers."""
        return {"windowSeconds": self.window_s, "trainedUntil": self.trained_until}

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
        return cls(
            items,
            event_type_names,
            window_s=description["windowSeconds"],
            trained_until=description["trainedUntil"],
            **arrays,
        )
