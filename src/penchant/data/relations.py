"""SQL for the columns of a file as texts t0, t1, ..., one per field of the schema."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from penchant.data.engine import Engine, quoted
from penchant.data.failures import ImportFailure
from penchant.data.fields import Schema
from penchant.data.parquet_types import check_types, is_time
from penchant.data.sources import (
    SourceFile,
    columns_for,
    format_of,
    header_of,
    is_gzipped,
    keys_of,
    look_through,
)

_MAX_LINE_BYTES: Final = 4 << 20
_BUFFER_BYTES: Final = 8 << 20


@dataclass(frozen=True)
class Source:
    """A file that was looked at.

    Attributes:
        file: The file.
        link: A path to it without characters that DuckDB takes for a pattern.
        format: `csv`, `json` or `parquet`.
        n_rows: Records; for text files the number of lines that could be one.
        header: Names of the columns; for JSON those of the first line.
        escapes: A CSV file with backslash escapes.
    """

    file: SourceFile
    link: Path
    format: str
    n_rows: int
    header: tuple[str, ...] = ()
    escapes: bool = False


def look_at(
    engine: Engine, schema: Schema, file: SourceFile, link: Path, tick: Callable[[], None]
) -> Source:
    """Find a file's format, columns and size.

    Raises:
        ImportFailure: The file is empty, damaged, lacks columns or has unfit ones.
    """
    link.symlink_to(file.path.absolute())
    kind = format_of(file)
    if kind == "parquet":
        types, n_rows = _look_at_parquet(engine, file, link)
        check_types(schema, types, file)
        return Source(file, link, kind, n_rows, tuple(types))
    contents = look_through(file, tick)
    if kind == "json":
        return Source(file, link, kind, contents.n_lines, tuple(keys_of(file)))
    header = tuple(header_of(file))
    columns_for(schema, list(header), file)
    return Source(file, link, kind, contents.n_lines - 1, header, contents.has_escapes)


def relation(engine: Engine, schema: Schema, source: Source) -> str:
    """SQL for a file as it lies there."""
    if source.format == "parquet":
        return _parquet(engine, schema, source)
    if source.format == "json":
        return _json(schema, source)
    return plain_csv(schema, source, source.link)


def plain_csv(schema: Schema, source: Source, path: Path) -> str:
    """SQL for a CSV file in which quotes are doubled: the source itself, or its clean copy."""
    places = columns_for(schema, list(source.header), source.file)
    names = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(source.header)))
    wanted = ", ".join(f"c{place} AS t{i}" for i, place in enumerate(places))
    return (
        f"SELECT {wanted} FROM read_csv({quoted(str(path))}, auto_detect=false, header=true, "
        f"delim=',', quote='\"', escape='\"', columns={{{names}}}, parallel=false, "
        f"compression='{_compression(path)}', max_line_size={_MAX_LINE_BYTES}, "
        f"buffer_size={_BUFFER_BYTES})"
    )


def _look_at_parquet(engine: Engine, file: SourceFile, link: Path) -> tuple[dict[str, str], int]:
    """Column name -> type, and the number of rows."""
    read = f"read_parquet({quoted(str(link))})"
    try:
        described = engine.rows(f"DESCRIBE SELECT * FROM {read}")
        n_rows = engine.value(f"SELECT count(*) FROM {read}")
    except duckdb.Error as error:
        brief = str(error).splitlines()[0].replace(str(link), file.name)
        raise ImportFailure(
            f"{file.name} is not readable Parquet: {brief}; write it again"
        ) from None
    return {name: str(kind) for name, kind, *_ in described}, int(n_rows)


def _parquet(engine: Engine, schema: Schema, source: Source) -> str:
    read = f"read_parquet({quoted(str(source.link))})"
    types = {name: str(kind) for name, kind, *_ in engine.rows(f"DESCRIBE SELECT * FROM {read}")}
    names = [source.header[i] for i in columns_for(schema, list(source.header), source.file)]
    wanted = ", ".join(f"{_as_text(name, types[name])} AS t{i}" for i, name in enumerate(names))
    return f"SELECT {wanted} FROM {read}"


def _json(schema: Schema, source: Source) -> str:
    keys = [_spelled(field.name, source.header) for field in schema.fields]
    names = ", ".join(f"'{key}': 'VARCHAR'" for key in keys)
    wanted = ", ".join(f"nullif(\"{key}\", '') AS t{i}" for i, key in enumerate(keys))
    return (
        f"SELECT {wanted} FROM read_json({quoted(str(source.link))}, columns={{{names}}}, "
        f"format='newline_delimited', compression='{_compression(source.link)}')"
    )


def _spelled(name: str, header: Sequence[str]) -> str:
    """A column's name as the file writes it; itself where no line so far has it."""
    if name in header:
        return name
    return next((key for key in header if key.upper() == name.upper()), name)


def _compression(path: Path) -> str:
    return "gzip" if is_gzipped(path) else "none"


def _as_text(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if is_time(kind):
        return f"CAST(CAST(floor(epoch({column})) AS BIGINT) AS VARCHAR)"
    if kind in ("FLOAT", "DOUBLE"):
        return f"CASE WHEN NOT isnan({column}) THEN CAST({column} AS VARCHAR) END"
    if kind.endswith("[]"):
        return f"nullif(array_to_string({column}, '|'), '')"
    return f"nullif(CAST({column} AS VARCHAR), '')"
