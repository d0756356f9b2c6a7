"""Users or items from imports and from single puts, the newest record of each id."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from penchant.data.columns import SQL_TYPES, typed
from penchant.data.datasets import Dataset, Put
from penchant.data.engine import Engine, quoted
from penchant.data.fields import Field, Schema

PART_ROWS = 1 << 40
"""Rows of a part; an arrival is `part * PART_ROWS + row`."""


def columns_in(engine: Engine, part: Path) -> set[str]:
    """Names of a Parquet file's columns."""
    rows = engine.rows(f"DESCRIBE SELECT * FROM read_parquet({quoted(str(part))})")
    return {name for name, *_ in rows}


def merge(engine: Engine, table: str, dataset: Dataset) -> None:
    """Make a table of one record per id: the schema's columns under their names.

    A later part wins over an earlier one, a put record over all parts; a record counts as a
    whole. A column that a part was written without is missing there.
    """
    schema = dataset.schema
    sources = [_part(engine, part, n, schema) for n, part in enumerate(dataset.parts)]
    if dataset.put:
        engine.keep(f"{table}_put", _arrays(dataset.put, schema))
        sources.append(_put(f"{table}_put", len(dataset.parts), schema))
    if not sources:
        names = ", ".join(f'"{one.name}" {SQL_TYPES[one.kind]}' for one in schema.fields)
        engine.rows(f"CREATE TABLE {table} ({names})")
        return
    key = f'"{schema.rules.keys[0]}"'
    engine.rows(f"CREATE VIEW {table}_all AS {' UNION ALL '.join(sources)}")
    engine.rows(
        f"CREATE TABLE {table} AS SELECT * EXCLUDE (_arrival) FROM {table}_all SEMI JOIN (SELECT "
        f"max(_arrival) AS _arrival FROM {table}_all GROUP BY {key}) USING (_arrival)"
    )


def those_in(engine: Engine, part: Path, key: str, ids: Sequence[str]) -> list[str]:
    """Those of some ids, each told once, that an imported file has records of.

    Args:
        engine: Spills beyond its memory.
        part: Parquet file.
        key: Its id column.
        ids: They are held in memory.
    """
    engine.keep("asked", {"id": np.array(ids, dtype=object)})
    source = f"read_parquet({quoted(str(part))})"
    found = engine.rows(f'SELECT id FROM asked SEMI JOIN {source} AS part ON part."{key}" = id')
    engine.rows("DROP TABLE asked")
    return [name for (name,) in found]


def texts_of(
    properties: Mapping[str, Any], find: Callable[[str], Field | None]
) -> dict[str, str | None]:
    """Properties as an import's file would write them, by column.

    Args:
        properties: As sent.
        find: Tells the column of a key (`Schema.find`); keys without one are left out.
    """
    found = ((find(name), value) for name, value in properties.items())
    return {field.name: _text(value) for field, value in found if field is not None}


def _part(engine: Engine, part: Path, n: int, schema: Schema) -> str:
    there = columns_in(engine, part)
    wanted = ", ".join(
        f'"{one.name}"' if one.name in there else f'NULL::{SQL_TYPES[one.kind]} AS "{one.name}"'
        for one in schema.fields
    )
    source = f"read_parquet({quoted(str(part))})"
    return f"SELECT {wanted}, {n * PART_ROWS} + _row AS _arrival FROM {source}"


def _put(table: str, n: int, schema: Schema) -> str:
    wanted = ", ".join(
        f'{typed(one, f"t{i}::VARCHAR")} AS "{one.name}"' for i, one in enumerate(schema.fields)
    )
    return f"SELECT {wanted}, {n * PART_ROWS} + rowid AS _arrival FROM {table}"


def _arrays(put: Put, schema: Schema) -> dict[str, npt.NDArray[np.object_]]:
    key = schema.rules.keys[0]
    find = cache(schema.find)
    rows = [texts_of(properties, find) | {key: name} for name, properties in put.items()]
    return {
        f"t{i}": np.array([row.get(one.name) for row in rows], dtype=object)
        for i, one in enumerate(schema.fields)
    }


def _text(value: Any) -> str | None:
    """A property's value as an import's file would write it."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return "|".join(str(one) for one in value) or None
    return json.dumps(value)
