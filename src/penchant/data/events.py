"""Interactions from imports and from streams as one table, each kept once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.columns import SQL_TYPES, typed
from penchant.data.contexts import CORE, other_fields
from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, Share, quoted
from penchant.data.fields import Field, Schema
from penchant.data.records import PART_ROWS, columns_in, texts_of

_TYPES: Final = ("VARCHAR", "VARCHAR", "BIGINT", "VARCHAR", "FLOAT")


@dataclass(frozen=True)
class EventColumns:
    """Streamed events in order of arrival, columns of equal length.

    Attributes:
        user_ids: The user, or the session where there is no user.
        item_ids: The item.
        timestamps: Epoch seconds.
        event_types: None for none.
        event_values: NaN or None for none.
        properties: What else was sent, by the schema's names or in camelCase; may be left out.
    """

    user_ids: Sequence[str]
    item_ids: Sequence[str]
    timestamps: Sequence[int] | npt.NDArray[np.int64]
    event_types: Sequence[str | None]
    event_values: Sequence[float | None] | npt.NDArray[np.float32]
    properties: Sequence[Mapping[str, Any]] = ()

    def __len__(self) -> int:
        return len(self.item_ids)


def gather(
    engine: Engine,
    interactions: Dataset,
    streamed: EventColumns | None,
    tick: Share | None = None,
) -> None:
    """Make the view `events`: u, i, t, e, v (user, item, time, type, value) and arrival.

    The schema's other columns follow as c0, c1, ... in the order of `contexts.other_fields`. An
    interaction that several parts or the stream hold with equal columns is kept once, where it
    arrived first.
    """
    parts, schema = interactions.parts, interactions.schema
    sources = [_part(engine, part, n, schema) for n, part in enumerate(parts)]
    if streamed is not None and len(streamed):
        engine.keep("streamed", _arrays(streamed, schema))
        sources.append(_streamed(len(parts), schema, told=bool(streamed.properties)))
    empty = [f"NULL::{kind}" for kind in _TYPES]
    sources.append(f"{_select(empty, _missing(schema), '0::BIGINT', '(SELECT 1)')} WHERE false")
    engine.rows(f"CREATE VIEW arrived AS {' UNION ALL '.join(sources)}")
    _drop_repeated(engine, n_sources=len(sources) - 1, tick=tick)
    engine.rows("CREATE VIEW events AS SELECT * FROM arrived ANTI JOIN dropped USING (arrival)")


def _part(engine: Engine, part: Path, n: int, schema: Schema) -> str:
    there = columns_in(engine, part)
    core = [
        f'"{name}"::{kind}' if name in there else f"NULL::{kind}"
        for name, kind in zip(CORE, _TYPES, strict=True)
    ]
    rest = [
        f'"{one.name}"' if one.name in there else missing
        for one, missing in zip(other_fields(schema), _missing(schema), strict=True)
    ]
    return _select(core, rest, f"{n * PART_ROWS} + _row", f"read_parquet({quoted(str(part))})")


def _streamed(n: int, schema: Schema, *, told: bool) -> str:
    """SQL for the streamed events; `told`: whether they have columns of properties."""
    rest = _missing(schema)
    if told:
        rest = [typed(one, f"p{place}::VARCHAR") for place, one in enumerate(other_fields(schema))]
    core = ["u::VARCHAR", "i::VARCHAR", "t", "e::VARCHAR", "CASE WHEN NOT isnan(v) THEN v END"]
    return _select(core, rest, f"{n * PART_ROWS} + rowid", "streamed")


def _select(core: list[str], rest: list[str], arrival: str, source: str) -> str:
    named = [f"{column} AS {name}" for column, name in zip(core, "uitev", strict=True)]
    named += [f"{column} AS c{place}" for place, column in enumerate(rest)]
    hashed = f"hash({', '.join(rest)})" if rest else "0::UBIGINT"
    return f"SELECT {', '.join(named)}, {hashed} AS rest, {arrival} AS arrival FROM {source}"


def _missing(schema: Schema) -> list[str]:
    return [f"NULL::{SQL_TYPES[one.kind]}" for one in other_fields(schema)]


def _arrays(streamed: EventColumns, schema: Schema) -> dict[str, npt.NDArray[np.generic]]:
    values = [np.nan if value is None else value for value in streamed.event_values]
    return {
        "u": np.array(streamed.user_ids, dtype=object),
        "i": np.array(streamed.item_ids, dtype=object),
        "t": np.asarray(streamed.timestamps, np.int64),
        "e": np.array(streamed.event_types, dtype=object),
        "v": np.array(values, np.float32),
        **_told(streamed.properties, other_fields(schema), schema),
    }


def _told(
    properties: Sequence[Mapping[str, Any]], fields: Sequence[Field], schema: Schema
) -> dict[str, npt.NDArray[np.generic]]:
    """The properties as columns of texts p0, p1, ..., one per field; none without properties."""
    if not properties:
        return {}
    find = cache(schema.find)
    records = [texts_of(one, find) for one in properties]
    return {
        f"p{place}": np.array([record.get(one.name) for record in records], dtype=object)
        for place, one in enumerate(fields)
    }


def _drop_repeated(engine: Engine, *, n_sources: int, tick: Share | None) -> None:
    """Make the table `dropped` of arrivals; one part alone was cleaned by its import."""
    if n_sources < 2:
        engine.rows("CREATE TABLE dropped (arrival BIGINT)")
        return
    engine.rows(
        "CREATE TABLE repeated AS SELECT hash(u, i, t, e, v, rest) AS hash FROM arrived "
        "GROUP BY 1 HAVING count(*) > 1",
        tick=tick,
    )
    engine.rows(
        "CREATE TABLE dropped AS SELECT arrival FROM (SELECT *, hash(u, i, t, e, v, rest) AS hash "
        "FROM arrived) SEMI JOIN repeated USING (hash) QUALIFY row_number() OVER "
        "(PARTITION BY u, i, t, e, v, rest ORDER BY arrival) > 1",
        tick=tick,
    )
