"""What a person should know about data before training on it: the service's data insights."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, open_engine
from penchant.data.events import EventColumns, gather
from penchant.data.fields import Field, Schema
from penchant.data.minimums import EVENT_TYPES, INTERACTIONS, USERS
from penchant.data.records import merge
from penchant.data.reports import FILLED_SHARE

CATEGORIES: Final = 1000
TEXT_FILLED_SHARE: Final = 0.85
_FENCES: Final = 3
"""A number lies outside when it is this many interquartile ranges beyond a quartile (Tukey)."""


@dataclass(frozen=True)
class Finding:
    """One thing worth knowing.

    Attributes:
        name: Kind of finding, a fixed word.
        dataset: `Interactions`, `Users` or `Items`.
        value: The figure behind it.
        text: A sentence with the figure and what to do.
        column: The column it is about, if it is about one.
    """

    name: str
    dataset: str
    value: float
    text: str
    column: str | None = None


def quality_report(
    interactions: Dataset,
    *,
    users: Dataset | None = None,
    items: Dataset | None = None,
    streamed: EventColumns | None = None,
    memory_bytes: int,
    threads: int,
    spill: Path | None = None,
) -> dict[str, Any]:
    """Look at a dataset group's data; arguments as in `assembly.assemble`.

    Returns:
        `counts` (interactions, users and items in interactions, users with two or more) and
        `findings`, a list of `Finding` as dicts, the gravest kinds first.
    """
    with open_engine(memory_bytes, threads, spill) as engine:
        gather(engine, interactions, streamed)
        counts = _counts(engine)
        findings = [*_events(engine, counts), *_event_columns(engine, counts, interactions.schema)]
        for table, column, dataset in (("users", "u", users), ("items", "i", items)):
            if dataset is not None:
                merge(engine, table, dataset)
                findings += _metadata(engine, table, column, dataset.schema)
    return {"counts": counts, "findings": [asdict(finding) for finding in findings]}


def _counts(engine: Engine) -> dict[str, int]:
    returning = "SELECT u FROM events GROUP BY u HAVING count(*) > 1"
    names = ("interactions", "users", "items", "event_types")
    found = engine.rows(
        "SELECT count(*), count(DISTINCT u), count(DISTINCT i), count(DISTINCT e) FROM events"
    )
    counts = dict(zip(names, found[0], strict=True))
    return counts | {"returning_users": engine.value(f"SELECT count(*) FROM ({returning})")}


def _events(engine: Engine, counts: Mapping[str, int]) -> Iterator[Finding]:
    about = "Interactions"
    n, returning, types = counts["interactions"], counts["returning_users"], counts["event_types"]
    if n < INTERACTIONS:
        text = f"There are {n} interactions; training needs {INTERACTIONS}."
        yield Finding("few-interactions", about, n, text)
    if returning < USERS:
        text = f"{returning} users have at least 2 interactions; training needs {USERS}."
        yield Finding("few-returning-users", about, returning, text)
    if types > EVENT_TYPES:
        text = f"There are {types} event types; training takes at most {EVENT_TYPES}."
        yield Finding("many-event-types", about, types, text)
    first, last = engine.rows("SELECT min(t), max(t) FROM events")[0]
    if n > 1 and first == last:
        text = f"All interactions have the time {first}; their order cannot be learned."
        yield Finding("equal-times", about, first, text, "TIMESTAMP")


def _event_columns(engine: Engine, counts: Mapping[str, int], schema: Schema) -> Iterator[Finding]:
    columns = {"EVENT_TYPE": "e", "EVENT_VALUE": "v"}
    for field in schema.fields:
        if field.name in columns and counts["interactions"]:
            name = columns[field.name]
            filled = engine.value(f"SELECT count({name}) FROM events")
            yield from _filled(field, "Interactions", filled, counts["interactions"])


def _metadata(engine: Engine, table: str, column: str, schema: Schema) -> Iterator[Finding]:
    n_rows = engine.value(f"SELECT count(*) FROM {table}")
    if not n_rows:
        return
    key = schema.rules.keys[0]
    idle = engine.value(
        f'SELECT count(*) FROM {table} ANTI JOIN (SELECT DISTINCT {column} AS "{key}" FROM events) '
        f'USING ("{key}")'
    )
    if idle:
        text = f"{idle} of {n_rows} {table} ({idle / n_rows:.0%}) have no interactions."
        yield Finding("without-interactions", schema.record, idle / n_rows, text)
    yield from _incomplete(engine, table, schema, n_rows)
    for field in schema.fields:
        filled = engine.value(f'SELECT count("{field.name}") FROM {table}')
        yield from _filled(field, schema.record, filled, n_rows)
        yield from _spread(engine, table, field, schema)


def _incomplete(engine: Engine, table: str, schema: Schema, n_rows: int) -> Iterator[Finding]:
    missing = " OR ".join(f'"{field.name}" IS NULL' for field in schema.fields)
    n = engine.value(f"SELECT count(*) FROM {table} WHERE {missing}")
    if n:
        text = f"{n} of {n_rows} {table} ({n / n_rows:.0%}) lack a value in some column."
        yield Finding("incomplete-records", schema.record, n / n_rows, text)


def _filled(field: Field, record: str, filled: int, n_rows: int) -> Iterator[Finding]:
    least = TEXT_FILLED_SHARE if field.textual else FILLED_SHARE
    if filled / n_rows < least:
        text = (
            f"Column {field.name} is filled in {filled / n_rows:.0%} of the records; it trains "
            f"well from {least:.0%}."
        )
        yield Finding("sparse-column", record, filled / n_rows, text, field.name)


def _spread(engine: Engine, table: str, field: Field, schema: Schema) -> Iterator[Finding]:
    if field.categorical:
        yield from _categories(engine, table, field, schema)
    elif field.is_number and not field.name.endswith("TIMESTAMP"):
        yield from _outliers(engine, table, field, schema)


def _categories(engine: Engine, table: str, field: Field, schema: Schema) -> Iterator[Finding]:
    n = engine.value(
        "SELECT count(DISTINCT trim(value)) FROM (SELECT unnest(string_split("
        f"\"{field.name}\", '|')) AS value FROM {table})"
    )
    if n > CATEGORIES:
        text = f"Column {field.name} has {n} categories; more than {CATEGORIES} seldom help."
        yield Finding("many-categories", schema.record, n, text, field.name)


def _outliers(engine: Engine, table: str, field: Field, schema: Schema) -> Iterator[Finding]:
    low, high = engine.rows(
        f'SELECT approx_quantile("{field.name}"::DOUBLE, 0.25), '
        f'approx_quantile("{field.name}"::DOUBLE, 0.75) FROM {table}'
    )[0]
    if low is None or low == high:
        return
    low, high = low - _FENCES * (high - low), high + _FENCES * (high - low)
    n = engine.value(
        f'SELECT count(*) FROM {table} WHERE "{field.name}" NOT BETWEEN {low!r} AND {high!r}'
    )
    if n:
        text = (
            f"Column {field.name} has {n} values far from the others (outside {low:g} to {high:g})."
        )
        yield Finding("outliers", schema.record, n, text, field.name)
