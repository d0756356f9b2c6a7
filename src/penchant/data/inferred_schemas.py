"""A schema made from a file that has none: its columns looked at and given types."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import duckdb

from penchant.data.engine import Engine, quoted
from penchant.data.failures import ImportFailure
from penchant.data.fields import Field, Schema
from penchant.data.parquet_types import is_time
from penchant.data.rules import DatasetRules
from penchant.data.schema_checks import check_fields
from penchant.data.sources import SourceFile, columns_for, format_of, header_of, is_gzipped

_READERS: Final = {
    "csv": "read_csv({}, sample_size = -1, compression = {}, header = true, delim = ',', "
    "ignore_errors = true)",
    "json": "read_json_auto({}, compression = {})",
    "parquet": "read_parquet({})",
}
_NUMBERS: Final = ("INT", "DOUBLE", "FLOAT", "DECIMAL")
_OF_EVENTS: Final = ("EVENT_TYPE", "EVENT_VALUE")
_MOST_CATEGORIES: Final = 1000
_PROSE_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class _Look:
    """What the values of a column of strings are like."""

    repeats: bool
    mean_length: float


def infer_schema(engine: Engine, file: SourceFile, rules: DatasetRules) -> Schema:
    """The schema of a file by its columns, names in any case.

    Of interactions, USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE and EVENT_VALUE are taken. Of users and
    items every column is: numbers; strings of at most 1000 different values, each standing twice in
    the mean, as categories (`|` parts several); the column of the longest strings, if they are as
    long as sentences, as text; all others as plain strings.

    Raises:
        ImportFailure: The file cannot be read, or lacks what every such file needs.
    """
    header = column_names(engine, file)
    required = tuple(_fixed(rules, rules.required))
    columns_for(Schema(rules.record, required), header, file)
    if rules.is_log:
        there = {name.upper() for name in header}
        optional = _fixed(rules, (name for name in _OF_EVENTS if name in there))
        return Schema(rules.record, (*required, *optional))
    fields = (*required, *_metadata(engine, file, rules))
    try:
        check_fields(fields, rules)
    except ValueError as error:
        raise ImportFailure(f"{file.name}: {error}; or write a schema of your own") from None
    return Schema(rules.record, fields)


def column_names(engine: Engine, file: SourceFile) -> list[str]:
    """The names of a file's columns.

    Raises:
        ImportFailure: The file cannot be read.
    """
    return header_of(file) if format_of(file) == "csv" else list(_kinds(engine, file))


def _fixed(rules: DatasetRules, names: Iterable[str]) -> Iterator[Field]:
    """Fields whose types the service prescribes."""
    types = {**rules.required, **rules.reserved}
    for name in names:
        yield Field(name, tuple(types[name] - {"null"}), nullable="null" in types[name])


def _metadata(engine: Engine, file: SourceFile, rules: DatasetRules) -> Iterator[Field]:
    kinds = _kinds(engine, file)
    free = {
        name: kind
        for name, kind in kinds.items()
        if name.upper() not in rules.required and name.isidentifier()
    }
    looks = {
        name: _look(engine, file, name, kind)
        for name, kind in free.items()
        if not _is_number(kind) and name.upper() not in rules.reserved
    }
    prose = max(looks, key=lambda name: looks[name].mean_length, default=None)
    for name, kind in free.items():
        if name.upper() in rules.reserved:
            yield from _fixed(rules, [name.upper()])
        elif name not in looks:
            yield Field(name.upper(), ("long" if "INT" in kind else "double",), nullable=True)
        else:
            text = rules.takes_text and name == prose and looks[name].mean_length >= _PROSE_LENGTH
            repeats = looks[name].repeats
            yield Field(name.upper(), ("string",), True, repeats, text and not repeats)


def _is_number(kind: str) -> bool:
    return any(word in kind for word in _NUMBERS) and not kind.endswith("[]")


def _kinds(engine: Engine, file: SourceFile) -> Mapping[str, str]:
    """Column name -> type, as DuckDB sees them; Parquet's times are imported as whole numbers."""
    described = _rows(engine, file, f"DESCRIBE SELECT * FROM {_source(engine, file)}")
    kinds = {name: str(kind) for name, kind, *_ in described}
    if format_of(file) != "parquet":
        return kinds
    return {name: "BIGINT" if is_time(kind) else kind for name, kind in kinds.items()}


def _look(engine: Engine, file: SourceFile, name: str, kind: str) -> _Look:
    column = '"' + name.replace('"', '""') + '"'
    text = f"array_to_string({column}, '|')" if kind.endswith("[]") else f"{column}::VARCHAR"
    n_rows, n_values, mean_length = _rows(
        engine,
        file,
        f"WITH texts AS (SELECT {text} AS t FROM {_source(engine, file)}), "
        "ones AS (SELECT unnest(string_split(t, '|')) AS one FROM texts) "
        "SELECT count(t), (SELECT count(DISTINCT one) FROM ones), coalesce(avg(length(t)), 0) "
        "FROM texts",
    )[0]
    return _Look(n_values <= _MOST_CATEGORIES and 2 * n_values <= n_rows, float(mean_length))


def _rows(engine: Engine, file: SourceFile, sql: str) -> list[tuple[Any, ...]]:
    try:
        return engine.rows(sql)
    except duckdb.Error as error:
        brief = str(error).splitlines()[0].replace(str(_link(engine, file)), file.name)
        raise ImportFailure(f"{file.name} cannot be read: {brief}; write it again") from None


def _source(engine: Engine, file: SourceFile) -> str:
    """SQL for the file; of CSV, the lines that can be read: an import tells of the others."""
    link = _link(engine, file)
    if not link.is_symlink():
        link.symlink_to(file.path.absolute())
    compression = "gzip" if is_gzipped(file.path) else "none"
    return _READERS[format_of(file)].format(quoted(str(link)), quoted(compression))


def _link(engine: Engine, file: SourceFile) -> Path:
    """A path of the file without characters that DuckDB takes for a pattern."""
    return engine.folder / f"look-{sha256(str(file.path).encode()).hexdigest()}"
