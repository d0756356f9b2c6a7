"""Whom to forget, and imported files without them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from penchant.data.careful_csv import Record, records_of
from penchant.data.engine import Engine, Share, quoted
from penchant.data.failures import ImportFailure
from penchant.data.imports import published
from penchant.data.sources import SourceFile

COLUMN: Final = "USER_ID"
_BATCH: Final = 50_000


def read_users(engine: Engine, files: Sequence[SourceFile]) -> int:
    """Make the table `gone` of the column `id`: every user of CSV files of one column, once.

    Returns:
        How many they are.

    Raises:
        ImportFailure: A file has other columns than USER_ID, or a line is not one id.
    """
    engine.rows("CREATE TABLE read (id VARCHAR)")
    for file in files:
        for batch in _batches(file):
            engine.keep("batch", {"id": np.array(batch, dtype=object)})
            engine.rows("INSERT INTO read SELECT id FROM batch")
            engine.rows("DROP TABLE batch")
    engine.rows("CREATE TABLE gone AS SELECT DISTINCT id FROM read ORDER BY id")
    engine.rows("DROP TABLE read")
    return int(engine.value("SELECT count(*) FROM gone"))


def users(engine: Engine, batch: int) -> Iterator[list[str]]:
    """The ids of the table `gone`, sorted, so many at a time."""
    after = ""
    while True:
        rows = engine.rows(f"SELECT id FROM gone WHERE id > ? ORDER BY id LIMIT {batch}", [after])
        if not rows:
            return
        yield [name for (name,) in rows]
        after = rows[-1][0]


def rewrite(engine: Engine, part: Path, target: Path, tick: Share | None = None) -> tuple[int, int]:
    """Write an imported file without the rows of those in the table `gone`.

    Args:
        engine: Has that table.
        part: Parquet file with a column USER_ID; it is left as it is.
        target: Where the rest goes; nothing is written where no row goes, or none stays.
        tick: Told which share is done; raising stops it.

    Returns:
        How many rows go, and how many stay.
    """
    source = f"read_parquet({quoted(str(part))})"
    sql = f"SELECT count(*) FROM {source} WHERE {COLUMN} IN (SELECT id FROM gone)"
    n_gone = int(engine.rows(sql, tick=tick)[0][0])
    n_kept = int(engine.value(f"SELECT count(*) FROM {source}")) - n_gone
    if n_gone and n_kept:
        with published(target) as unfinished:
            engine.rows(
                f"COPY (SELECT * FROM {source} WHERE {COLUMN} NOT IN (SELECT id FROM gone)) "
                f"TO {quoted(str(unfinished))} (FORMAT parquet, COMPRESSION zstd)",
                tick=tick,
            )
    return n_gone, n_kept


def _batches(file: SourceFile) -> Iterator[list[str]]:
    records = records_of(file, escapes=True)
    header = next(records, None)
    names = [] if header is None else [name.strip() for name in header.values]
    if [name.upper() for name in names] != [COLUMN]:
        raise ImportFailure(
            f"{file.name} has the columns [{', '.join(names)}]; a list of users to delete has one, "
            f"{COLUMN}, and names it in its first line."
        )
    batch: list[str] = []
    for record in records:
        batch.append(_user(file, record))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _user(file: SourceFile, record: Record) -> str:
    if record.wrong is not None:
        raise ImportFailure(f"{file.name}, line {record.line} {record.wrong}.")
    if len(record.values) != 1 or not record.values[0]:
        raise ImportFailure(
            f"{file.name}, line {record.line} holds {len(record.values)} values; write one "
            f"{COLUMN} a line, in double quotes where it holds a comma."
        )
    return record.values[0]
