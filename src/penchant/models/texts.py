"""Texts as vectors: words weighed by their rarity, folded into few numbers."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from penchant.models.arrays import map_array, save_arrays
from penchant.models.words import Words

Float32s = npt.NDArray[np.float32]
Int64s = npt.NDArray[np.int64]

_ROWS_AT_ONCE: Final = 512


@dataclass(frozen=True)
class TextMap:
    """From texts to vectors; what it was learned from stands in `recipes.texts`.

    A text's words weigh `(1 + log(count)) * rarity`, scaled to length 1; its vector is the sum of
    its words' rows of `projection` by weight. Words that are not among `terms` do not count.

    Attributes:
        terms: Known words.
        rarities: Weight of each (n_terms,).
        projection: (n_terms, dim).
    """

    terms: tuple[str, ...]
    rarities: Float32s
    projection: Float32s

    @classmethod
    def empty(cls) -> Self:
        """Knows no word; its vectors have no numbers."""
        return cls((), np.zeros(0, np.float32), np.zeros((0, 0), np.float32))

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return int(self.projection.shape[1])

    def vectors(self, texts: Sequence[str]) -> Float32s:
        """One vector per text (n, dim); zero for texts without a known word."""
        vectors = np.zeros((len(texts), self.dim), np.float32)
        if not self.terms:
            return vectors
        for start in range(0, len(texts), _ROWS_AT_ONCE):
            some = texts[start : start + _ROWS_AT_ONCE]
            rows, words, weights = self.weights(some)
            weighed = self.projection[words] * weights[:, None]
            filled, begins = np.unique(rows, return_index=True)
            if len(filled):
                vectors[start + filled] = np.add.reduceat(weighed, begins)
        return vectors

    def weights(self, texts: Sequence[str]) -> tuple[Int64s, Int64s, Float32s]:
        """Row, word and weight of every known word of every text, by row; rows have length 1."""
        words, places = Words(), self._places
        found = [[places[word] for word in words.of(text) if word in places] for text in texts]
        rows = np.repeat(np.arange(len(found)), [len(of_text) for of_text in found])
        keys = rows * np.int64(max(len(self.terms), 1))
        keys += np.fromiter(itertools.chain.from_iterable(found), np.int64, len(rows))
        keys, counts = np.unique(keys, return_counts=True)
        rows, terms = np.divmod(keys, max(len(self.terms), 1))
        weights = (1 + np.log(counts)) * self.rarities[terms]
        squares = np.bincount(rows, weights**2, minlength=len(texts))
        return rows, terms, (weights / np.sqrt(squares)[rows]).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write it below `folder`, which exists."""
        (folder / "terms.json").write_text(json.dumps(self.terms), encoding="utf-8")
        save_arrays(folder, rarities=self.rarities, projection=self.projection)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote; the projection is memory-mapped."""
        terms = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        if not terms:
            return cls.empty()
        return cls(tuple(terms), map_array(folder, "rarities"), map_array(folder, "projection"))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}
