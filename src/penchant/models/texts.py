"""Texts as vectors: words weighed by their rarity, folded into few numbers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from penchant.models.arrays import map_array, save_arrays
from penchant.models.words import Words

Float32s = npt.NDArray[np.float32]

_ROWS_AT_ONCE: Final = 8_192


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
            stop = start + _ROWS_AT_ONCE
            vectors[start:stop] = self.table(texts[start:stop]) @ self.projection
        return vectors

    def table(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Weights of the words of each text, rows of length 1 or 0, (n, n_terms)."""
        words, places = Words(), self._places
        found: list[int] = []
        ends = [0]
        for text in texts:
            found += [places[word] for word in words.of(text) if word in places]
            ends.append(len(found))
        ones = np.ones(len(found), np.float32)
        table = sp.csr_matrix((ones, found, ends), shape=(len(texts), len(self.terms)))
        table.sum_duplicates()
        table.data = (1 + np.log(table.data)) * self.rarities[table.indices]
        rows = np.repeat(np.arange(len(texts)), np.diff(table.indptr))
        squares = np.bincount(rows, table.data.astype(np.float64) ** 2, minlength=len(texts))
        table.data = (table.data / np.sqrt(squares)[rows]).astype(np.float32)
        return table

    def save(self, folder: Path) -> None:
        """Write it below `folder`, which exists."""
        (folder / "terms.json").write_text(json.dumps(self.terms), encoding="utf-8")
        save_arrays(folder, rarities=self.rarities, projection=self.projection)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote; the projection is memory-mapped."""
        terms = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        return cls(tuple(terms), map_array(folder, "rarities"), map_array(folder, "projection"))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}
