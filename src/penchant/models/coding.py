"""Columns as codes: every value of every column is one row of one table of embeddings.

Columns are metadata of items or users, or what is told of the moment of an event. Numbers are cut
into steps of like size, so that a number is one more value; a missing or unknown one is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Categories, Features, Float32s, Int32s, Int64s
from penchant.data.vocabulary import UNKNOWN, Vocabulary

NONE: Final = 0
MOST_CODES: Final = 16
"""Values kept per row; further ones are left out."""

MOST_VALUES: Final = 100_000
"""Values kept per column, the most frequent ones."""

_N_STEPS: Final = 16
_LEAST_ROWS: Final = 2
_LARGEST: Final = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Coding:
    """Which values have a code. Codes go through `edges`, then `values`, both by name.

    Attributes:
        edges: Column of numbers -> ascending bounds between its steps.
        values: Column of categories -> its values.
    """

    edges: Mapping[str, Sequence[float]] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def learned_from(cls, features: Features) -> Self:
        """Take all columns of numbers and categories; values of one row only teach nothing."""
        edges = {name: _edges(features.numbers[name]) for name in sorted(features.numbers)}
        values = {name: _values(features.categories[name]) for name in sorted(features.categories)}
        return cls(
            {name: found for name, found in edges.items() if found is not None},
            {name: found for name, found in values.items() if found},
        )

    @property
    def n_codes(self) -> int:
        """Rows of the table, row 0 for none."""
        return 1 + sum(n_codes for _, n_codes in self._columns())

    def codes_of_rows(self, features: Features, n_rows: int) -> Int32s:
        """Code rows of features, (n_rows, width), `NONE` (0) filling rows with fewer values.

        Columns that the rows do not have, and values without a code, count as none.
        """
        pairs: list[tuple[Int64s, Int64s]] = []
        for name, first in self._firsts():
            if name in self.edges and name in features.numbers:
                numbers = features.numbers[name]
                rows = np.flatnonzero(np.isfinite(numbers))
                pairs.append((rows, first + _steps(self.edges[name], numbers[rows])))
            elif name in self.values and name in features.categories:
                column = features.categories[name]
                known = self._vocabularies[name].indices(column.values.ids)
                rows, codes = _pairs(column)
                kept = known[codes] >= 0
                pairs.append((rows[kept], first + known[codes[kept]].astype(np.int64)))
        return _padded(pairs, n_rows)

    def codes_of(self, records: Sequence[Mapping[str, str]]) -> Int32s:
        """Code records of texts by column, (len(records), width), as sent with a request.

        A category's text may be several values, parted by `|`.
        """
        firsts = dict(self._firsts())
        found = [
            list(dict.fromkeys(self._coded(record, firsts)))[:MOST_CODES] for record in records
        ]
        codes = np.zeros((len(records), max([1, *map(len, found)])), np.int32)
        for row, of_record in zip(codes, found, strict=True):
            row[: len(of_record)] = of_record
        return codes

    @property
    def description(self) -> dict[str, Any]:
        """JSON values from which `read` makes it again."""
        return {
            "edges": {name: list(edges) for name, edges in self.edges.items()},
            "values": {name: list(values) for name, values in self.values.items()},
        }

    @classmethod
    def read(cls, description: Mapping[str, Any]) -> Self:
        """Read a `description`."""
        return cls(description["edges"], description["values"])

    @cached_property
    def _vocabularies(self) -> Mapping[str, Vocabulary]:
        return {name: Vocabulary(values) for name, values in self.values.items()}

    def _columns(self) -> Iterator[tuple[str, int]]:
        for name in sorted(self.edges):
            yield name, len(self.edges[name]) + 1
        for name in sorted(self.values):
            yield name, len(self.values[name])

    def _firsts(self) -> Iterator[tuple[str, int]]:
        """Every column with the first of its codes."""
        first = 1
        for name, n_codes in self._columns():
            yield name, first
            first += n_codes

    def _coded(self, record: Mapping[str, str], firsts: Mapping[str, int]) -> Iterator[int]:
        for name, text in record.items():
            if name in self.edges:
                number = _number(text)
                if abs(number) <= _LARGEST:
                    numbers = np.array([number], np.float32)
                    yield firsts[name] + int(_steps(self.edges[name], numbers)[0])
            elif name in self.values:
                for value in text.split("|"):
                    place = self._vocabularies[name].index(value.strip())
                    if place != UNKNOWN:
                        yield firsts[name] + place


def sums_of(table: Float32s, codes: Int32s) -> Float32s:
    """Sums of the coded rows of a table over the root of their number, (n, dim).

    Args:
        table: (n_codes, dim).
        codes: (n, width), `NONE` for none.
    """
    if len(table) == 1:
        return np.zeros((len(codes), table.shape[1]), np.float32)
    counts = np.maximum((codes != NONE).sum(axis=1, keepdims=True), 1)
    counted = (codes != NONE)[..., None]
    sums: Float32s = (table[codes] * counted).sum(axis=1) / np.sqrt(counts, dtype=np.float32)
    return sums


def _edges(numbers: Float32s) -> tuple[float, ...] | None:
    known = numbers[np.isfinite(numbers)]
    if len(known) < _LEAST_ROWS:
        return None
    n_steps = min(_N_STEPS, len(known) // _LEAST_ROWS)
    inner = np.linspace(0, 1, n_steps + 1)[1:-1]
    return tuple(float(edge) for edge in np.unique(np.quantile(known, inner)))


def _steps(edges: Sequence[float], numbers: Float32s) -> Int64s:
    bounds = np.asarray(edges, np.float64)
    return np.searchsorted(bounds, numbers, side="right").astype(np.int64)


def _values(column: Categories) -> tuple[str, ...]:
    counts = np.bincount(_pairs(column)[1], minlength=len(column.values))
    places = np.argsort(-counts, kind="stable")[:MOST_VALUES]
    kept = np.sort(places[counts[places] >= _LEAST_ROWS])
    return tuple(column.values.ids[place] for place in kept.tolist())


def _pairs(column: Categories) -> tuple[Int64s, Int64s]:
    """Rows and the codes of their distinct values."""
    rows = np.repeat(np.arange(len(column.offsets) - 1), np.diff(column.offsets))
    pairs = np.unique(rows * np.int64(len(column.values)) + column.codes)
    return pairs // max(len(column.values), 1), pairs % max(len(column.values), 1)


def _padded(pairs: list[tuple[Int64s, Int64s]], n_rows: int) -> Int32s:
    if not pairs:
        return np.zeros((n_rows, 1), np.int32)
    rows = np.concatenate([rows for rows, _ in pairs])
    codes = np.concatenate([codes for _, codes in pairs])
    order = np.argsort(rows, kind="stable")
    rows, codes = rows[order], codes[order]
    counts = np.bincount(rows, minlength=n_rows)
    places = np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
    kept: npt.NDArray[np.bool_] = places < MOST_CODES
    table = np.zeros((n_rows, min(MOST_CODES, max(1, int(counts.max(initial=0))))), np.int32)
    table[rows[kept], places[kept]] = codes[kept]
    return table


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
