"""The table in which all files of an import meet: typed, numbered by arrival, checked."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb

from penchant.data import careful_csv, columns
from penchant.data.engine import Engine
from penchant.data.failures import SHOWN, RecordFailure, failure_of
from penchant.data.fields import Schema
from penchant.data.relations import Source, plain_csv, relation
from penchant.data.unreadable import reading

Rows = Callable[[int], None]
"""Told how many rows of a file are read; raising stops the import."""


@dataclass
class Staging:
    """Reads files into the table `staged`: row, v0, v1, ... (typed), hash, bad, bad_text.

    `bad` is 1 + the index of the first field that cannot be imported, 0 where all can.
    """

    engine: Engine
    schema: Schema
    sources: list[Source] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    n_rows: int = 0

    def __post_init__(self) -> None:
        values = ", ".join(
            f"v{i} {columns.SQL_TYPES[one.kind]}" for i, one in enumerate(self.schema.fields)
        )
        self.engine.rows(
            f"CREATE TABLE staged (row BIGINT, {values}, hash UBIGINT, bad USMALLINT, "
            "bad_text VARCHAR)"
        )

    def add(self, source: Source, tick: Rows) -> None:
        """Read one file.

        Raises:
            ImportFailure: The file's structure is broken.
        """
        self.begins.append(self.n_rows)
        self.sources.append(source)
        if source.format == "csv":
            self.n_rows += self._add_csv(source, tick)
            return
        with reading(source.file, source.link):
            self.n_rows += self._insert(relation(self.engine, self.schema, source), source, tick)

    def check(self) -> None:
        """Raise the failure of all records that cannot be imported, if there are any."""
        n_bad = int(self.engine.value("SELECT count(*) FROM staged WHERE bad > 0"))
        if n_bad:
            first = self.engine.rows(
                f"SELECT row, bad, bad_text FROM staged WHERE bad > 0 ORDER BY row LIMIT {SHOWN}"
            )
            raise failure_of([self._failure(*one) for one in first], n_bad)

    def _failure(self, row: int, bad: int, text: str | None) -> RecordFailure:
        which = bisect_right(self.begins, row) - 1
        source = self.sources[which]
        field = self.schema.fields[bad - 1]
        reason = columns.explain(field, self.schema.rules, text) or f"column {field.name} is unfit"
        place = _place(source, row - self.begins[which])
        return RecordFailure(f"{source.file.name}, {place}", reason)

    def _add_csv(self, source: Source, tick: Rows) -> int:
        """Let DuckDB read; where it disagrees with the count of lines, read record by record."""
        if not source.escapes:
            try:
                added = self._insert(plain_csv(self.schema, source, source.link), source, tick)
            except duckdb.InvalidInputException:
                added = -1
            if added == source.n_rows:
                return added
            self.engine.rows("DELETE FROM staged WHERE row >= ?", [self.n_rows])
        return self._add_careful_csv(source, tick)

    def _add_careful_csv(self, source: Source, tick: Rows) -> int:
        clean = self.engine.folder / "clean.csv"
        careful_csv.rewrite(
            source.file,
            clean,
            escapes=source.escapes,
            n_columns=len(source.header),
            tick=lambda: tick(0),
        )
        try:
            with reading(source.file, clean):
                return self._insert(plain_csv(self.schema, source, clean), source, tick)
        finally:
            clean.unlink()

    def _insert(self, texts: str, source: Source, tick: Rows) -> int:
        fields = list(enumerate(self.schema.fields))
        rules = self.schema.rules
        values = ", ".join(f"{columns.typed(one, f't{i}')} AS v{i}" for i, one in fields)
        unfit = [(i, columns.unfit(one, rules, f"t{i}", f"v{i}")) for i, one in fields]
        bad = " ".join(f"WHEN {wrong} THEN {i + 1}" for i, wrong in unfit)
        bad_text = " ".join(f"WHEN {i + 1} THEN t{i}" for i, _ in fields)
        names = ", ".join(f"v{i}" for i, _ in fields)
        inserted = self.engine.rows(
            f"INSERT INTO staged SELECT row, {names}, hash({self._hashed()}), bad, "
            f"CASE bad {bad_text} END FROM (SELECT *, CASE {bad} ELSE 0 END AS bad FROM "
            f"(SELECT *, {values} FROM (SELECT {self.n_rows} + row_number() OVER () - 1 AS row, * "
            f"FROM ({texts}))))",
            tick=lambda share: tick(int(share * source.n_rows)),
        )
        return int(inserted[0][0])

    def _hashed(self) -> str:
        names = [one.name for one in self.schema.fields]
        rules = self.schema.rules
        return ", ".join(
            f"v{names.index(name)}" for name in (names if rules.is_log else rules.keys)
        )


def _place(source: Source, place: int) -> str:
    """A record's place for a person: its physical line, or its row where there are no lines."""
    if source.format == "csv":
        lines = careful_csv.lines_of_records(source.file, [place], escapes=source.escapes)
        return f"line {lines.get(place, place + 2)}"
    return f"{'line' if source.format == 'json' else 'row'} {place + 1}"
