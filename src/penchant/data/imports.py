"""Import: files of records to one Parquet file, checked, without duplicates, within a memory cap.

The file holds the schema's columns, typed, and `_row`, the order of arrival.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import duckdb

from penchant.data.durable import sync
from penchant.data.engine import Engine, open_engine, quoted
from penchant.data.failures import ImportFailure
from penchant.data.fields import Schema
from penchant.data.minimums import INTERACTIONS as MINIMUM_INTERACTIONS
from penchant.data.relations import look_at
from penchant.data.reports import ImportReport, report
from penchant.data.rules import INTERACTIONS
from penchant.data.schemas import check_dataset_type
from penchant.data.sources import SourceFile
from penchant.data.staging import Staging

__all__ = ["ImportFailure", "ImportReport", "SourceFile", "import_files"]

Progress = Callable[[int, int], None]
"""Told rows read and rows there are (from line counts); raising stops the import."""


def import_files(
    files: Sequence[SourceFile],
    schema: Schema,
    dataset_type: str,
    target: Path,
    *,
    memory_bytes: int,
    threads: int,
    spill: Path,
    progress: Progress,
    minimum_rows: int | None = None,
) -> ImportReport:
    """Write the records of CSV, Parquet or JSON Lines files, plain or gzipped, to `target`.

    Exact duplicates of interactions are kept once, at their first place; of several users or
    items of the same id the last is kept. `target` appears complete or not at all.

    Args:
        files: The files, in order of arrival.
        schema: Names and types of the columns.
        dataset_type: Type of the dataset, in any case.
        target: The Parquet file to write.
        memory_bytes: Memory that DuckDB may use before it spills.
        threads: Threads of DuckDB.
        spill: Folder for temporary data, emptied at the end.
        progress: Told rows read and rows in all.
        minimum_rows: Fewest records; None means 1000 interactions, any number of others.

    Raises:
        ImportFailure: The files cannot be imported; the text says where and why.
        ValueError: The schema is one of another dataset type.
    """
    check_dataset_type(schema, dataset_type)
    if not files:
        raise ImportFailure("Invalid Data location. There are no files to import.")
    with _within(memory_bytes), open_engine(memory_bytes, threads, spill) as engine:
        staging = _stage(engine, files, schema, progress)
        staging.check()
        _check_minimum(staging.n_rows, schema, minimum_rows)

        def tick(_: float) -> None:
            progress(staging.n_rows, staging.n_rows)

        with published(target) as unfinished:
            _write(staging, unfinished, tick)
            return report(engine, schema, unfinished, staging.n_rows)


def _stage(
    engine: Engine, files: Sequence[SourceFile], schema: Schema, progress: Progress
) -> Staging:
    sources = [
        look_at(engine, schema, file, engine.folder / f"source-{n}", lambda: progress(0, 0))
        for n, file in enumerate(files)
    ]
    n_rows = sum(source.n_rows for source in sources)
    staging = Staging(engine, schema)
    for source in sources:
        progress(staging.n_rows, n_rows)
        staging.add(source, _from(staging.n_rows, n_rows, progress))
    progress(staging.n_rows, staging.n_rows)
    return staging


def _from(before: int, n_rows: int, progress: Progress) -> Callable[[int], None]:
    return lambda n: progress(min(before + n, n_rows), n_rows)


def _check_minimum(n_rows: int, schema: Schema, minimum_rows: int | None) -> None:
    if minimum_rows is None:
        minimum_rows = MINIMUM_INTERACTIONS if schema.record == INTERACTIONS.record else 1
    if n_rows < minimum_rows:
        raise ImportFailure(
            f"The files hold {n_rows} records, but a dataset import job of {schema.record} needs "
            f"at least {minimum_rows} (setting minimum_interactions). Import more in one job."
        )


def _write(staging: Staging, target: Path, tick: Callable[[float], None]) -> None:
    engine, schema = staging.engine, staging.schema
    _find_duplicates(staging, tick)
    names = ", ".join(f'v{i} AS "{field.name}"' for i, field in enumerate(schema.fields))
    engine.rows(
        f"COPY (SELECT {names}, row AS _row FROM staged ANTI JOIN dropped USING (row)) "
        f"TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)",
        tick=tick,
    )


def _find_duplicates(staging: Staging, tick: Callable[[float], None]) -> None:
    """Make the table `dropped` of row numbers: compare fully only rows whose hashes are equal."""
    engine, schema, rules = staging.engine, staging.schema, staging.schema.rules
    names = [field.name for field in schema.fields]
    same = names if rules.is_log else list(rules.keys)
    partition = ", ".join(f"v{names.index(name)}" for name in same)
    kept_first = "row" if rules.is_log else "row DESC"
    engine.rows(
        "CREATE TABLE repeated AS SELECT hash FROM staged GROUP BY hash HAVING count(*) > 1",
        tick=tick,
    )
    engine.rows(
        "CREATE TABLE dropped AS SELECT row FROM staged SEMI JOIN repeated USING (hash) "
        f"QUALIFY row_number() OVER (PARTITION BY {partition} ORDER BY {kept_first}) > 1",
        tick=tick,
    )


@contextmanager
def _within(memory_bytes: int) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise ImportFailure(
            f"The import does not fit into import_memory_bytes = {memory_bytes}; raise the setting "
            f"({str(error).splitlines()[0]})."
        ) from None


@contextmanager
def published(target: Path) -> Iterator[Path]:
    """A path beside `target` that becomes `target`, durable, when the block ends well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        yield unfinished
        sync(unfinished)
        unfinished.replace(target)
        sync(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)
