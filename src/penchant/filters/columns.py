"""The values that conditions look at: columns of a dataset, one row an item, user or action."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.fields import folded
from penchant.data.training_set import Bools, Categories
from penchant.filters.syntax import Operator

_COMPARISONS: Final = {
    Operator.LESS: np.less,
    Operator.LESS_OR_EQUAL: np.less_equal,
    Operator.GREATER: np.greater,
    Operator.GREATER_OR_EQUAL: np.greater_equal,
}


@dataclass(frozen=True)
class TextColumn:
    """Texts, several to a row; a row without a value has none."""

    categories: Categories

    def rows_with(self, values: Iterable[str]) -> Bools:
        """Which rows have one of the values, shape (n_rows,); upper and lower case differ."""
        order, ends = self._postings
        mask = np.zeros(len(self.categories.offsets) - 1, np.bool_)
        for value in values:
            code = self.categories.values.index(value)
            if code >= 0:
                mask[order[ends[code] : ends[code + 1]]] = True
        return mask

    def of(self, row: int) -> tuple[str, ...]:
        """The values of a row."""
        start, stop = self.categories.offsets[row : row + 2].tolist()
        ids = self.categories.values.ids
        return tuple(ids[code] for code in self.categories.codes[start:stop].tolist())

    @cached_property
    def _postings(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows sorted by value, and where each value's rows begin."""
        codes, counts = self.categories.codes, np.diff(self.categories.offsets)
        rows = np.repeat(np.arange(len(counts)), counts)
        ends = np.searchsorted(np.sort(codes), np.arange(len(self.categories.values) + 1))
        return rows[np.argsort(codes, kind="stable")], ends


@dataclass(frozen=True)
class NumberColumn:
    """Numbers, shape (n_rows,), NaN where there is none."""

    numbers: npt.NDArray[np.float64]

    def rows_with(self, values: Sequence[float]) -> Bools:
        """Which rows have one of the numbers, shape (n_rows,)."""
        mask: Bools = np.isin(self.numbers, values)
        return mask

    def compared(self, operator: Operator, value: float) -> Bools:
        """Which rows compare so with a number; a row without one does not."""
        mask: Bools = _COMPARISONS[operator](self.numbers, value)
        return mask

    def of(self, row: int) -> tuple[str, ...]:
        """The number of a row as a text, none where it is missing."""
        value = float(self.numbers[row])
        return () if np.isnan(value) else (repr(value),)


Column = TextColumn | NumberColumn


@dataclass(frozen=True)
class Table:
    """The columns of one dataset.

    Attributes:
        n_rows: How many items, users or actions.
        columns: By folded name (`penchant.data.fields.folded`).
    """

    n_rows: int
    columns: Mapping[str, Column] = field(default_factory=dict)

    def find(self, name: str) -> Column | None:
        """The column, or None where nothing is known of it."""
        return self.columns.get(folded(name))
