"""All that an imported file tells of its items, as texts: what answers carry as metadata."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from penchant.data.engine import open_engine, quoted
from penchant.data.fields import Field

ROW: Final = "_row"
"""The column that numbers a part's records; of two on one id the later counts."""
BATCH: Final = 10_000
_LARGEST_FLOAT: Final = float(np.finfo(np.float32).max)

Detail = tuple[str, dict[str, str]]
"""An id, and its values by the column's name in lower case; a missing value has no key."""


def read_details(
    part: Path,
    key: str,
    *,
    memory_bytes: int,
    threads: int = 1,
    spill: Path | None = None,
    batch: int = BATCH,
) -> Iterator[list[Detail]]:
    """Every id of a file once, its values written as texts: a float of 130 is "130.0".

    Args:
        part: Parquet file that an import wrote.
        key: The id column.
        memory_bytes: Memory that DuckDB may use before it spills; a batch comes on top.
        threads: Threads of DuckDB.
        spill: Folder for temporary data.
        batch: Ids at a time.
    """
    source = f"read_parquet({quoted(str(part))})"
    with open_engine(memory_bytes, threads, spill) as engine:
        described = engine.rows(f"DESCRIBE SELECT * FROM {source}")
        names = [name for name, *_ in described if name not in (key, ROW)]
        columns = [name.lower() for name in names]
        texts = "".join(f', "{name}"::VARCHAR' for name in names)
        wanted = (
            f'SELECT "{key}"{texts} FROM {source} SEMI JOIN (SELECT max({ROW}) AS {ROW} '
            f'FROM {source} GROUP BY "{key}") USING ({ROW})'
        )
        for rows in engine.batches(wanted, batch):
            yield [(name, _filled(columns, values)) for name, *values in rows]


def _filled(columns: Sequence[str], values: Sequence[str | None]) -> dict[str, str]:
    return {column: text for column, text in zip(columns, values, strict=True) if text}


def printed(field: Field, text: str) -> str | None:
    """A value, as read from a file or put, in the form that its column prints; None if unfit."""
    if field.kind == "string":
        return text
    if field.kind == "boolean":
        return text if text in ("true", "false") else None
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value) or "_" in text:
        return None
    if field.kind == "double":
        return _plain(np.float64(value))
    if field.kind == "float":
        return _plain(np.float32(value)) if abs(value) <= _LARGEST_FLOAT else None
    return _whole(text, value)


def _plain(value: np.floating[Any]) -> str:
    """The fewest digits that read back as the same number, without an exponent."""
    return np.format_float_positional(value, trim="0")


def _whole(text: str, value: float) -> str | None:
    try:
        return str(int(text))
    except ValueError:
        return str(int(value)) if value.is_integer() else None
