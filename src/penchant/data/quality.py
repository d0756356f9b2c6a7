"""What a person should know about data before training on it, beside what imports tell.

Most of these findings are the service's data insights.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from penchant.data import minimums
from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, open_engine
from penchant.data.events import gather
from penchant.data.fields import Field, Schema
from penchant.data.records import merge
from penchant.data.reports import FILLED_SHARE

CATEGORIES: Final = 1000
TEXT_FILLED_SHARE: Final = 0.85
_FENCES: Final = 3
"""A number lies outside when it is this many interquartile ranges beyond a quartile (Tukey)."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of a dataset group's interactions.

    Attributes:
        n_users: Users and items are counted as they stand in interactions.
        n_returning: Users with two interactions or more.
        first: Epoch seconds of the oldest interaction; 0 where there is none, as is `last`.
    """

    n_interactions: int
    n_users: int
    n_items: int
    n_event_types: int
    n_returning: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth knowing.

    Attributes:
        record: Whose it is: `Interactions`, `Users` or `Items`.
        text: A sentence with the figure behind it.
        forbids: Whether no solution version can be trained as it is.
    """

    record: str
    text: str
    forbids: bool = False

    def __str__(self) -> str:
        return f"{self.record}: {self.text}"


@dataclass(frozen=True, slots=True)
class Quality:
    """What was found, the gravest first."""

    counts: Counts
    findings: tuple[Finding, ...]


def quality_of(
    interactions: Dataset,
    *,
    users: Dataset | None = None,
    items: Dataset | None = None,
    minimum_interactions: int = minimums.INTERACTIONS,
    memory_bytes: int,
    threads: int,
    spill: Path | None = None,
) -> Quality:
    """Look at a dataset group's data; arguments as in `assembly.assemble` and `check_minimums`."""
    with open_engine(memory_bytes, threads, spill) as engine:
        gather(engine, interactions, None)
        counts = _counts(engine)
        findings = list(_too_little(counts, minimum_interactions))
        for table, column, dataset in (("users", "u", users), ("items", "i", items)):
            if dataset is not None:
                merge(engine, table, dataset)
                findings += _metadata(engine, table, column, dataset.schema)
    return Quality(counts, tuple(findings))


def _counts(engine: Engine) -> Counts:
    per_user = "SELECT count(*) AS n FROM events GROUP BY u"
    ((n, n_users, n_items, n_types, first, last),) = engine.rows(
        "SELECT count(*), count(DISTINCT u), count(DISTINCT i), count(DISTINCT e), "
        "coalesce(min(t), 0), coalesce(max(t), 0) FROM events"
    )
    returning = engine.value(f"SELECT count(*) FROM ({per_user}) WHERE n > 1")
    return Counts(n, n_users, n_items, n_types, returning, first, last)


def _too_little(counts: Counts, least: int) -> Iterator[Finding]:
    """What `minimums.check_minimums` would refuse to train on."""
    n, returning, types = counts.n_interactions, counts.n_returning, counts.n_event_types
    share = minimums.USER_SHARE
    if n < least:
        yield _forbidding(f"There are {n:,} interactions; a training needs {least:,}.")
    if returning < minimums.USERS:
        yield _forbidding(
            f"{returning} of {counts.n_users:,} users have at least 2 interactions; a training "
            f"needs {minimums.USERS} of them."
        )
    elif returning < share * counts.n_users:
        yield _forbidding(
            f"{returning:,} of {counts.n_users:,} users have at least 2 interactions; a training "
            f"needs {share:.0%} of them."
        )
    if types > minimums.EVENT_TYPES:
        yield _forbidding(
            f"There are {types} event types; a training takes at most {minimums.EVENT_TYPES}. "
            "Leave some out, or name one as the solution's eventType."
        )


def _forbidding(text: str) -> Finding:
    return Finding("Interactions", text, forbids=True)


def _metadata(engine: Engine, table: str, column: str, schema: Schema) -> Iterator[Finding]:
    n_rows = engine.value(f"SELECT count(*) FROM {table}")
    if not n_rows:
        return
    yield from _strangers(engine, table, column, schema, n_rows)
    for field in schema.fields:
        if field.textual:
            yield from _gaps(engine, table, field, schema, n_rows)
        elif field.categorical:
            yield from _categories(engine, table, field, schema)
        elif field.is_number and not field.name.endswith("TIMESTAMP"):
            yield from _outliers(engine, table, field, schema)


def _strangers(
    engine: Engine, table: str, column: str, schema: Schema, n_rows: int
) -> Iterator[Finding]:
    """Ids that stand on one side only."""
    there = f'SELECT "{schema.rules.keys[0]}" AS id FROM {table}'
    acting = f"SELECT DISTINCT {column} AS id FROM events"
    idle = engine.value(f"SELECT count(*) FROM ({there}) ANTI JOIN ({acting}) USING (id)")
    unknown, n_acting = engine.rows(
        f"SELECT count(*) FILTER (id NOT IN ({there})), count(*) FROM ({acting})"
    )[0]
    if unknown and unknown == n_acting:
        text = f"None of the {n_acting:,} {table} of the interactions has a record: are ids alike?"
        yield Finding(schema.record, text)
        return
    if unknown:
        text = f"{_part(unknown, n_acting, table)} of the interactions have no record."
        yield Finding(schema.record, text)
    if idle:
        yield Finding(schema.record, f"{_part(idle, n_rows, table)} have no interactions.")


def _gaps(
    engine: Engine, table: str, field: Field, schema: Schema, n_rows: int
) -> Iterator[Finding]:
    """A text that is filled too seldom; imports tell of what is below `FILLED_SHARE`."""
    share = engine.value(f'SELECT count("{field.name}") FROM {table}') / n_rows
    if FILLED_SHARE <= share < TEXT_FILLED_SHARE:
        text = f"Text {field.name} is filled in {share:.0%} of the records; it trains well from "
        yield Finding(schema.record, f"{text}{TEXT_FILLED_SHARE:.0%}.")


def _categories(engine: Engine, table: str, field: Field, schema: Schema) -> Iterator[Finding]:
    n = engine.value(
        "SELECT count(DISTINCT trim(value)) FROM (SELECT unnest(string_split("
        f"\"{field.name}\", '|')) AS value FROM {table})"
    )
    if n > CATEGORIES:
        text = f"Column {field.name} has {n:,} categories; more than {CATEGORIES:,} seldom help."
        yield Finding(schema.record, text)


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
        values = "1 value" if n == 1 else f"{n:,} values"
        text = f"Column {field.name} has {values} far from the others: beyond {low:g} to {high:g}."
        yield Finding(schema.record, text)


def _part(n: int, whole: int, noun: str) -> str:
    """`880 of 900 items (98%)`; a small part is never told as 0 %, nor a large one as all."""
    share = f"{n / whole:.0%}"
    if n < whole and share in {"0%", "100%"}:
        share = {"0%": "under 1%", "100%": "over 99%"}[share]
    return f"{n:,} of {whole:,} {noun} ({share})"
