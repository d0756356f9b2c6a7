"""Items whose texts are near in meaning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.training_set import Float32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays
from penchant.models.influence import Influence
from penchant.models.texts import TextMap

HALF_LIFE_EVENTS: Final = 2.0
NEWEST_EVENTS: Final = 10
_ARRAYS: Final = ("vectors", "popularity", "freshness", "prints")
_CHUNK: Final = 16_384
_ITSELF: Final = -2.0


@dataclass(frozen=True)
class SemanticModel:
    """Vectors of the items' texts, compared one with all others.

    Three questions have an answer. An item (`item_index`): cosines with it, itself last; an item
    without text has popular neighbours. A history: the same with its newest 10 items, an event's
    weight halving every 2 events back. Neither: popular items, then new ones.

    Attributes:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        vectors: float32 or float16 (n_items, dim), of length 1; zero for items without text.
        popularity: Users per item over those of the most popular one, float32 (n_items,).
        freshness: 0 for the oldest item, 1 for the newest, by creation, float32 (n_items,); 0
            where the creation is unknown.
        prints: Hash of each item's text, uint64 (n_items,).
        created: Creation of the oldest and of the newest item at training, epoch seconds.
        embedder: Name of what made the vectors; empty: `text_map`.
        text_map: Makes vectors of texts where there is no other embedder.
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    vectors: npt.NDArray[Any]
    popularity: Float32s
    freshness: Float32s
    prints: npt.NDArray[np.uint64]
    created: tuple[int, int] = (0, 0)
    embedder: str = ""
    text_map: TextMap = field(default_factory=TextMap.empty)

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Cosines from -1 to 1, or popularity; the item asked for -2; (b, n_items)."""
        wanted = np.zeros((len(queries), self.vectors.shape[1]), np.float32)
        for row, query in zip(wanted, queries, strict=True):
            row[:] = self._wanted(query)
        scores = np.empty((len(queries), len(self.items)), np.float32)
        for start, chunk in self._chunks():
            np.matmul(wanted, chunk.T, out=scores[:, start : start + len(chunk)])
        for place, query in enumerate(queries):
            if not wanted[place].any():
                scores[place] = self._for_nobody
            if query.item_index >= 0:
                scores[place, query.item_index] = _ITSELF
        return scores

    def influenced(self, scores: Float32s, influence: Influence, n_candidates: int) -> Float32s:
        """Scores (n_items,) of one query with popularity and freshness heeded."""
        return influence.ranked(scores, self.popularity, self.freshness, n_candidates)

    def save(self, folder: Path) -> None:
        """Write the arrays and the map of words."""
        save_arrays(folder, **{name: getattr(self, name) for name in _ARRAYS})
        (folder / "texts").mkdir(exist_ok=True)
        self.text_map.save(folder / "texts")

    @property
    def description(self) -> dict[str, Any]:
        """What made the vectors, and the span of creations."""
        return {"embedder": self.embedder, "created": list(self.created)}

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
        oldest, newest = description["created"]
        return cls(
            items,
            event_type_names,
            **arrays,
            created=(oldest, newest),
            embedder=description["embedder"],
            text_map=TextMap.load(folder / "texts"),
        )

    def _wanted(self, query: Query) -> Float32s:
        """The vector that items shall be near to, (dim,); zero where there is none."""
        if query.item_index >= 0:
            return np.asarray(self.vectors[query.item_index], np.float32)
        newest = query.history.newest(NEWEST_EVENTS).items
        ages = np.arange(len(newest) - 1, -1, -1)
        weights = np.exp2(-ages / HALF_LIFE_EVENTS).astype(np.float32)
        total = weights @ np.asarray(self.vectors[newest], np.float32)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-6))

    def _chunks(self) -> Iterator[tuple[int, Float32s]]:
        """The vectors as float32, so many at a time that a copy of them is small."""
        for start in range(0, len(self.vectors), _CHUNK):
            yield start, np.asarray(self.vectors[start : start + _CHUNK], np.float32)

    @property
    def _for_nobody(self) -> Float32s:
        return np.asarray(self.popularity + np.float32(1e-3) * self.freshness)
