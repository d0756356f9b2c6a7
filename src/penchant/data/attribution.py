"""What events are worth by where they came from: sums over 15 minutes of metrics that users name.

An expression is `SAMPLECOUNT()`, or `SUM(Items.COLUMN)` or `SUM(Interactions.COLUMN)` of a column
of numbers; case counts in none of its words.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from penchant.data.columns import SQL_TYPES, typed
from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, quoted
from penchant.data.fields import Field, Schema
from penchant.data.records import columns_in, merge

BUCKET_S: Final = 900
UNDEFINED: Final = "SOURCE_NAME_UNDEFINED"
"""The source of an event that tells none."""
ITEMS: Final = "Items"
INTERACTIONS: Final = "Interactions"
_SUM: Final = re.compile(r"\s*SUM\s*\(\s*(\w+)\s*\.\s*(\w+)\s*\)\s*", re.IGNORECASE)
_COUNT: Final = re.compile(r"\s*SAMPLECOUNT\s*\(\s*\)\s*", re.IGNORECASE)
_PART: Final = "regexp_extract(r, '-CID-([0-9a-f]+)$', 1)"


@dataclass(frozen=True, slots=True)
class Expression:
    """What is added up for every event of a metric's type.

    Attributes:
        function: `sum` or `samplecount`.
        dataset: `ITEMS` or `INTERACTIONS`, the record's name; empty for samplecount.
        column: As written; empty for samplecount.
    """

    function: str
    dataset: str = ""
    column: str = ""

    @classmethod
    def parse(cls, text: str) -> "Expression":
        """Read an expression.

        Raises:
            ValueError: It is none.
        """
        if _COUNT.fullmatch(text):
            return cls("samplecount")
        found = _SUM.fullmatch(text)
        names = {name.lower(): name for name in (ITEMS, INTERACTIONS)}
        if found is None or found[1].lower() not in names:
            raise ValueError(
                f"the expression {text!r} is none of SAMPLECOUNT(), SUM(Items.COLUMN) and "
                "SUM(Interactions.COLUMN)"
            )
        return cls("sum", names[found[1].lower()], found[2])

    def field(self, schemas: Mapping[str, Schema]) -> Field | None:
        """The column that is added up, None for samplecount.

        Raises:
            ValueError: There is no such column, or it holds no numbers.
        """
        if self.function == "samplecount":
            return None
        schema = schemas.get(self.dataset)
        if schema is None:
            raise ValueError(f"there is no {self.dataset} dataset to take {self.column} from")
        wanted = self.column.upper()
        found = next((one for one in schema.fields if one.name.upper() == wanted), None)
        if found is None:
            known = ", ".join(one.name for one in schema.fields if one.is_number)
            raise ValueError(
                f"{self.dataset} has no column {self.column}; columns of numbers are: {known}"
            )
        if not found.is_number:
            raise ValueError(f"{self.dataset}.{found.name} holds no numbers, so it has no sum")
        return found


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: of which events, and what of them."""

    name: str
    event_type: str
    expression: Expression

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> "Metric":
        """A metric as the API has it.

        Raises:
            ValueError: Its expression is none.
        """
        return cls(sent["metricName"], sent["eventType"], Expression.parse(sent["expression"]))


@dataclass(frozen=True, slots=True)
class Cell:
    """A metric's value over one bucket, by source; `bucket` is its beginning, epoch seconds."""

    bucket: int
    metric: str
    event_type: str
    function: str
    source: str
    value: float


@dataclass(frozen=True)
class Ledger:
    """Adds up events in an engine; the table `did` holds what is to be added up.

    Its columns: i (item), t (time), e (type), s (source as sent), r (recommendation id), and x0,
    x1, ... of the interactions' numbers.

    Attributes:
        engine: An empty database.
        schema: Of the interactions.
    """

    engine: Engine
    schema: Schema

    @property
    def numbers(self) -> list[Field]:
        """The columns of numbers, in the order of x0, x1, ..."""
        return [one for one in self.schema.fields if one.is_number]

    def read_part(self, part: Path) -> None:
        """Take an imported file."""
        there = columns_in(self.engine, part)

        def column(name: str, kind: str) -> str:
            return f'"{name}"::{kind}' if name in there else f"NULL::{kind}"

        values = [
            *("ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_ATTRIBUTION_SOURCE"),
            "RECOMMENDATION_ID",
        ]
        kinds = ("VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR")
        wanted = [column(*one) for one in zip(values, kinds, strict=True)]
        wanted += [column(one.name, SQL_TYPES[one.kind]) for one in self.numbers]
        self._make()
        source = f"read_parquet({quoted(str(part))})"
        self.engine.rows(f"INSERT INTO did SELECT {', '.join(wanted)} FROM {source}")

    def read_texts(self, batches: Iterator[Sequence[Mapping[str, str | None]]]) -> int:
        """Take records as a file would write them, by column; how many there were."""
        self._make()
        names = ("ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_ATTRIBUTION_SOURCE")
        columns = [*names, "RECOMMENDATION_ID", *(one.name for one in self.numbers)]
        values = ["t0", "t1::BIGINT", *(f"nullif(t{n}, '')" for n in (2, 3, 4))]
        values += [typed(one, f"t{n}::VARCHAR") for n, one in enumerate(self.numbers, 5)]
        n_rows = 0
        for batch in batches:
            rows: dict[str, Any] = {
                f"t{n}": np.array([row.get(name) for row in batch], dtype=object)
                for n, name in enumerate(columns)
            }
            self.engine.keep("batch", rows)
            self.engine.rows(f"INSERT INTO did SELECT {', '.join(values)} FROM batch")
            self.engine.rows("DROP TABLE batch")
            n_rows += len(batch)
        return n_rows

    def cells(
        self,
        metrics: Sequence[Metric],
        items: Callable[[], Dataset | None],
        answering: Mapping[str, str],
        *,
        oldest: int = 0,
    ) -> Iterator[Cell]:
        """The metrics of all buckets.

        Args:
            metrics: What to add up; one whose column is gone is left out.
            items: The items, asked for where a metric adds up one of their columns.
            answering: Campaigns and the like by the part of a recommendation id that names them.
            oldest: Leave out events before this time.
        """
        self._number_sources(answering)
        schemas = {INTERACTIONS: self.schema}
        if any(metric.expression.dataset == ITEMS for metric in metrics):
            dataset = items()
            if dataset is not None:
                merge(self.engine, "goods", dataset)
                schemas[ITEMS] = dataset.schema
        for metric in metrics:
            try:
                field = metric.expression.field(schemas)
            except ValueError:
                continue
            yield from self._cells(metric, field, oldest)

    def _cells(self, metric: Metric, field: Field | None, oldest: int) -> Iterator[Cell]:
        expression, join = metric.expression, ""
        value = "count(*)"
        if field is not None and expression.dataset == ITEMS:
            join = 'JOIN goods ON goods."ITEM_ID" = i'
            value = f'sum(goods."{field.name}")'
        elif field is not None:
            value = f"sum(x{self.numbers.index(field)})"
        rows = self.engine.rows(
            f"SELECT t // {BUCKET_S} * {BUCKET_S} AS bucket, source, ({value})::DOUBLE FROM told "
            f"{join} WHERE lower(e) = ? AND t >= ? GROUP BY 1, 2 ORDER BY 1, 2",
            [metric.event_type.lower(), oldest],
        )
        for bucket, source, total in rows:
            if total is not None:
                yield Cell(
                    bucket, metric.name, metric.event_type, expression.function, source, total
                )

    def _number_sources(self, answering: Mapping[str, str]) -> None:
        known = {
            "part": np.array(list(answering), dtype=object),
            "arn": np.array(list(answering.values()), dtype=object),
        }
        self.engine.keep("answering", known)
        self.engine.rows(
            f"CREATE VIEW told AS SELECT did.*, coalesce(s, arn::VARCHAR, {quoted(UNDEFINED)}) AS "
            f"source FROM did LEFT JOIN answering ON part::VARCHAR = {_PART}"
        )

    def _make(self) -> None:
        numbers = "".join(f", x{n} {SQL_TYPES[one.kind]}" for n, one in enumerate(self.numbers))
        self.engine.rows(
            f"CREATE TABLE did (i VARCHAR, t BIGINT, e VARCHAR, s VARCHAR, r VARCHAR{numbers})"
        )
