"""What a group of items has in common, in the items' own words: themes.

A term is a value of a categorical column, or a word of any other column of texts. Of a group of g
items, c of which have the term, and a catalogue of N items, n of which have it, its weight is

    w = (c / g) * log((c / g) / (n / N)),

its part of the divergence of the group from the catalogue (Kullback and Leibler, On information and
sufficiency, 1951). A theme is named by the terms of the highest weights; an item's relevance is the
cosine of its terms, weighed by log(N / n), with the group's, weighed by w.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Categories, Int32s, Int64s
from penchant.models.words import Words

MOST_TERMS: Final = 3
FEWEST_ITEMS: Final = 2
LEAST_SHARE: Final = 0.25
"""Share of the group that a term of the name must have."""
LEAST_LIFT: Final = 1.5
"""How much larger it must be than the share of the catalogue."""
MOST_OF_A_WORD: Final = 0.2
"""Share of the catalogue from which on a word, such as "the", names nothing."""
_SHORTEST_WORD: Final = 3

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ItemTerms:
    """The terms of every item, in CSR form: item i has `codes[offsets[i]:offsets[i + 1]]`.

    Attributes:
        shown: How each term is written.
        n_values: The first so many terms are values, the others words.
        counts: Items that have it, (n_terms,).
        offsets: int64 (n_items + 1,).
        codes: Indices of `shown`, each once per item.
    """

    shown: tuple[str, ...]
    n_values: int
    counts: Int64s
    offsets: Int64s
    codes: Int32s

    @classmethod
    def of(
        cls, values: Mapping[str, Categories], texts: Mapping[str, Categories], n_items: int
    ) -> Self:
        """Read columns.

        Args:
            values: Categorical columns, whose values are terms.
            texts: Columns whose words are.
            n_items: Rows of each.
        """
        book, words = _Book(), Words()
        columns = [[[book.code(one)] for one in column.values.ids] for column in values.values()]
        n_values = len(book.shown)
        columns += [
            [[book.code(word) for word in words.of(text)] for text in column.values.ids]
            for column in texts.values()
        ]
        codes = [
            np.array(found, np.int32)
            for found in _rows([*values.values(), *texts.values()], columns, n_items)
        ]
        offsets = np.concatenate([[0], np.cumsum([len(one) for one in codes])]).astype(np.int64)
        every = np.concatenate([np.empty(0, np.int32), *codes])
        counts = np.bincount(every, minlength=len(book.shown)).astype(np.int64)
        return cls(tuple(book.shown), n_values, counts, offsets, every)

    def theme(self, items: Sequence[int]) -> tuple[tuple[str, ...], list[float]]:
        """The terms that name a group of items, best first, and the relevance of each item."""
        rows = [self._of(item) for item in items]
        terms, counts = np.unique(
            np.concatenate([np.empty(0, np.int32), *rows]), return_counts=True
        )
        shares = counts / max(len(items), 1)
        lifts = shares / (self.counts[terms] / self._n_items)
        weights = shares * np.log(lifts)
        named = (counts >= FEWEST_ITEMS) & (shares >= LEAST_SHARE) & (lifts >= LEAST_LIFT)
        rare = self.counts[terms] < MOST_OF_A_WORD * self._n_items
        named &= rare | (terms < self.n_values)
        named &= np.array([_is_telling(self.shown[term]) for term in terms.tolist()], np.bool_)
        best = np.argsort(np.where(named, -weights, np.inf), kind="stable")[:MOST_TERMS]
        names = tuple(self.shown[term] for term in terms[best[named[best]]].tolist())
        return names, self._relevance(rows, terms, np.maximum(weights, 0))

    def _relevance(self, rows: Sequence[Int32s], terms: Int32s, weights: Floats) -> list[float]:
        length = float(np.linalg.norm(weights)) or 1.0
        found = []
        for row in rows:
            own = np.log(self._n_items / self.counts[row])
            product = float(own @ weights[np.searchsorted(terms, row)])
            found.append(product / (length * (float(np.linalg.norm(own)) or 1.0)))
        return found

    def _of(self, item: int) -> Int32s:
        return self.codes[self.offsets[item] : self.offsets[item + 1]]

    @property
    def _n_items(self) -> int:
        return len(self.offsets) - 1


def phrase(terms: Sequence[str]) -> str:
    """Terms as one phrase: `Comedy, romance and wedding`."""
    *front, last = terms
    text = f"{', '.join(front)} and {last}" if front else last
    return text[:1].upper() + text[1:]


class _Book:
    """Codes of terms, by their folded writing; the first writing is shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self._codes: dict[str, int] = {}

    def code(self, term: str) -> int:
        code = self._codes.setdefault(term.casefold(), len(self.shown))
        if code == len(self.shown):
            self.shown.append(term)
        return code


def _rows(
    columns: Sequence[Categories], terms: Sequence[Sequence[Sequence[int]]], n_items: int
) -> Iterator[list[int]]:
    """The codes of every item, ascending."""
    for item in range(n_items):
        found: set[int] = set()
        for column, of_values in zip(columns, terms, strict=True):
            start, stop = column.offsets[item : item + 2].tolist()
            for value in column.codes[start:stop].tolist():
                found.update(of_values[value])
        yield sorted(found)


def _is_telling(term: str) -> bool:
    return any(map(str.isalpha, term)) and len(term) >= _SHORTEST_WORD
