"""Export: what a dataset holds as one CSV file, within a memory cap.

What this writes, `penchant.data.imports` reads again as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from penchant.data.actions import EVENT_TYPES, spelled
from penchant.data.columns import SQL_TYPES, typed
from penchant.data.engine import Engine, Share, open_engine, quoted
from penchant.data.fields import Field, Schema
from penchant.data.records import PART_ROWS, columns_in
from penchant.data.rules import ACTION_INTERACTIONS

Texts = Mapping[str, str | None]
"""A record as a file would write it, by column; a column may be left out."""

_BACKSLASH: Final = quoted("\\")


def export_csv(
    target: Path,
    schema: Schema,
    *,
    parts: Sequence[Path],
    put: Iterable[Sequence[Texts]],
    newest_only: bool,
    memory_bytes: int,
    threads: int,
    spill: Path,
    tick: Share | None = None,
) -> int:
    """Write records under a header row in the schema's order, and return how many they are.

    Records that are equal in all columns are written once; event types of actions are written in
    the data's form, NOT_TAKEN. A backslash is written as two, as
    imports read it; then every text stands in quotes.

    Args:
        target: The file to write.
        schema: The columns; parts may have been written with fewer.
        parts: Parquet files written by `import_files`, oldest first.
        put: What came one by one, in batches of any size, oldest first.
        newest_only: Of several users or items of one id write only the last; put ones come last.
        memory_bytes: Memory that DuckDB may use before it spills; a batch comes on top.
        threads: Threads of DuckDB.
        spill: Folder for temporary data, emptied at the end.
        tick: Told now and then which share of a step is done; raising stops the export.
    """
    with open_engine(memory_bytes, threads, spill) as engine:
        sources = [_part(engine, part, n, schema) for n, part in enumerate(parts)]
        sources.append(_put(engine, schema, put, len(parts), tick))
        engine.rows(f"CREATE VIEW everything AS {' UNION ALL '.join(sources)}")
        if newest_only and not schema.rules.is_log:
            _drop_older(engine, schema, tick)
        else:
            _drop_equal(engine, schema, tick)
        return _write(engine, schema, target, tick)


def _part(engine: Engine, part: Path, n: int, schema: Schema) -> str:
    there = columns_in(engine, part)
    wanted = ", ".join(
        f'{_written(one, schema)} AS "{one.name}"'
        if one.name in there
        else f'NULL::{SQL_TYPES[one.kind]} AS "{one.name}"'
        for one in schema.fields
    )
    source = f"read_parquet({quoted(str(part))})"
    return f"SELECT {wanted}, {n * PART_ROWS} + _row AS _arrival FROM {source}"


def _written(field: Field, schema: Schema) -> str:
    """SQL for a column; event types of actions get one spelling, an import takes any."""
    name = f'"{field.name}"'
    if schema.record == ACTION_INTERACTIONS.record and field.name == "EVENT_TYPE":
        return spelled(name, [quoted(one) for one in EVENT_TYPES], otherwise=name)
    return name


def _put(
    engine: Engine, schema: Schema, put: Iterable[Sequence[Texts]], n: int, tick: Share | None
) -> str:
    """Make the table `put` of what came one by one; SQL for its rows."""
    names = ", ".join(f'"{one.name}" {SQL_TYPES[one.kind]}' for one in schema.fields)
    engine.rows(f"CREATE TABLE put ({names})")
    values = ", ".join(typed(one, f"t{i}::VARCHAR") for i, one in enumerate(schema.fields))
    for batch in put:
        columns = {
            f"t{i}": np.array([row.get(one.name) for row in batch], dtype=object)
            for i, one in enumerate(schema.fields)
        }
        engine.keep("batch", columns)
        engine.rows(f"INSERT INTO put SELECT {values} FROM batch")
        engine.rows("DROP TABLE batch")
        if tick is not None:
            tick(0.0)
    return f"SELECT *, {n * PART_ROWS} + rowid AS _arrival FROM put"


def _drop_older(engine: Engine, schema: Schema, tick: Share | None) -> None:
    """Make the view `kept`: the last record of each id."""
    key = f'"{schema.rules.keys[0]}"'
    engine.rows(
        f"CREATE TABLE newest AS SELECT max(_arrival) AS _arrival FROM everything GROUP BY {key}",
        tick=tick,
    )
    engine.rows("CREATE VIEW kept AS SELECT * FROM everything SEMI JOIN newest USING (_arrival)")


def _drop_equal(engine: Engine, schema: Schema, tick: Share | None) -> None:
    """Make the view `kept`: of equal records the first; only equal hashes are compared in full."""
    names = ", ".join(f'"{one.name}"' for one in schema.fields)
    engine.rows(
        f"CREATE TABLE repeated AS SELECT hash({names}) AS hash FROM everything GROUP BY 1 "
        "HAVING count(*) > 1",
        tick=tick,
    )
    engine.rows(
        f"CREATE TABLE dropped AS SELECT _arrival FROM (SELECT *, hash({names}) AS hash FROM "
        "everything) SEMI JOIN repeated USING (hash) QUALIFY row_number() OVER "
        f"(PARTITION BY {names} ORDER BY _arrival) > 1",
        tick=tick,
    )
    engine.rows("CREATE VIEW kept AS SELECT * FROM everything ANTI JOIN dropped USING (_arrival)")


def _write(engine: Engine, schema: Schema, target: Path, tick: Share | None) -> int:
    texts = [f'"{one.name}"' for one in schema.fields if one.kind == "string"]
    having = " OR ".join(f"contains({name}, {_BACKSLASH})" for name in texts) or "false"
    escapes = engine.rows(f"SELECT coalesce(bool_or({having}), false) FROM kept", tick=tick)[0][0]
    doubled = f"replace({{0}}, {_BACKSLASH}, {quoted(chr(92) * 2)}) AS {{0}}"
    wanted = ", ".join(
        doubled.format(f'"{one.name}"') if escapes and one.kind == "string" else f'"{one.name}"'
        for one in schema.fields
    )
    force = f", FORCE_QUOTE ({', '.join(texts)})" if escapes else ""
    written = engine.rows(
        f"COPY (SELECT {wanted} FROM kept) TO {quoted(str(target))} "
        f"(FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"'{force})",
        tick=tick,
    )
    return int(written[0][0])
