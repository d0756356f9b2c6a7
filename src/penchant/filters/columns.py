"""The values that conditions look at: columns of a dataset, one row an item, user or action."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.fields import folded
from penchant.data.training_set import Bools, Categories, Int32s, Int64s
from penchant.data.vocabulary import UNKNOWN
from penchant.filters.syntax import Operator

_COMPARISONS: Final = {
    Operator.LESS: np.less,
    Operator.LESS_OR_EQUAL: np.less_equal,
    Operator.GREATER: np.greater,
    Operator.GREATER_OR_EQUAL: np.greater_equal,
}


UserValue = tuple[str, ...] | float
"""What a column holds of one user: texts, or a number."""


class TextColumn:
    """Texts, several to a row; a row without a value has none.

    The rows of each value are found out at once, 0.1 s a million rows, so that no question waits.

    Args:
        categories: The values of each row.
    """

    def __init__(self, categories: Categories) -> None:
        self._categories = categories
        self._rows, self._starts = _rows_by_value(categories)

    def rows_with(self, values: Iterable[str]) -> Bools:
        """Which rows have one of the values, shape (n_rows,); upper and lower case differ."""
        mask = np.zeros(len(self._categories.offsets) - 1, np.bool_)
        for value in values:
            code = self._categories.values.index(value)
            if code != UNKNOWN:
                mask[self._rows[self._starts[code] : self._starts[code + 1]]] = True
        return mask

    def of(self, row: int) -> tuple[str, ...]:
        """The values of a row."""
        start, stop = self._categories.offsets[row : row + 2].tolist()
        ids = self._categories.values.ids
        return tuple(ids[code] for code in self._categories.codes[start:stop].tolist())


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

    def row(self, row: int) -> dict[str, UserValue]:
        """The values of a row by folded column name; a missing number is NaN."""
        return {
            name: float(column.numbers[row]) if isinstance(column, NumberColumn) else column.of(row)
            for name, column in self.columns.items()
        }


def _rows_by_value(categories: Categories) -> tuple[Int32s, Int64s]:
    """Rows sorted by value, and where each value's rows begin, shape (n_values + 1,)."""
    n_values, counts = len(categories.values), np.diff(categories.offsets)
    rows = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    # a stable sort counts 16-bit numbers instead of comparing them, in a fifth of the time
    codes = categories.codes.astype(np.min_scalar_type(n_values))
    n_rows = np.bincount(categories.codes, minlength=n_values)
    starts = np.concatenate([[0], np.cumsum(n_rows)]).astype(np.int64)
    return rows[np.argsort(codes, kind="stable")], starts
