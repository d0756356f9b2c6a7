"""Metadata of items or users as codes: every value of every column is one row of one table.

Numbers are cut into steps of like size, so that a number is one more categorical value and a
missing one is no value. Texts are not read.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Categories, Features, Float32s, Int32s

MOST_CODES: Final = 16
"""Values kept per row; further ones are left out."""

_N_STEPS: Final = 16
_LEAST_ROWS: Final = 2
NONE: Final = 0


@dataclass(frozen=True)
class Attributes:
    """Codes of all rows.

    Attributes:
        codes: (n_rows, width), `NONE` (0) fills up rows with fewer values.
        n_codes: Rows of the table, row 0 for none.
    """

    codes: Int32s
    n_codes: int

    @property
    def scales(self) -> Float32s:
        """1 / sqrt(number of values) per row, (n_rows,); a row's vector is the scaled sum."""
        counts = np.maximum((self.codes != NONE).sum(axis=1), 1)
        scales: Float32s = (1 / np.sqrt(counts)).astype(np.float32)
        return scales

    @classmethod
    def of(cls, features: Features, n_rows: int) -> "Attributes":
        """Code all categorical and numeric columns; values of one row only teach nothing."""
        pairs: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
        n_codes = 1
        for column in [
            *(_steps(features.numbers[name]) for name in sorted(features.numbers)),
            *(_values(features.categories[name]) for name in sorted(features.categories)),
        ]:
            rows, codes, n_values = column
            used = np.bincount(codes, minlength=n_values) >= _LEAST_ROWS
            places = np.cumsum(used) - 1
            kept = used[codes]
            pairs.append((rows[kept], places[codes[kept]] + n_codes))
            n_codes += int(used.sum())
        return cls(_padded(pairs, n_rows), n_codes)


_Column = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]


def _steps(numbers: Float32s) -> _Column:
    rows = np.flatnonzero(np.isfinite(numbers))
    if len(rows) == 0:
        return rows, rows, 0
    edges = np.unique(np.quantile(numbers[rows], np.linspace(0, 1, _N_STEPS + 1)[1:-1]))
    return rows, np.searchsorted(edges, numbers[rows], side="right"), len(edges) + 1


def _values(column: Categories) -> _Column:
    rows = np.repeat(np.arange(len(column.offsets) - 1), np.diff(column.offsets))
    pairs = np.unique(rows * np.int64(len(column.values)) + column.codes)
    return pairs // len(column.values), pairs % len(column.values), len(column.values)


def _padded(
    pairs: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]], n_rows: int
) -> Int32s:
    if not pairs:
        return np.zeros((n_rows, 1), np.int32)
    rows = np.concatenate([rows for rows, _ in pairs])
    codes = np.concatenate([codes for _, codes in pairs])
    order = np.argsort(rows, kind="stable")
    rows, codes = rows[order], codes[order]
    counts = np.bincount(rows, minlength=n_rows)
    places = np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
    kept = places < MOST_CODES
    table = np.zeros((n_rows, min(MOST_CODES, max(1, int(counts.max(initial=0))))), np.int32)
    table[rows[kept], places[kept]] = codes[kept]
    return table
