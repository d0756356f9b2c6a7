"""Schemas and imports in one line."""

from pathlib import Path
from typing import Any

import duckdb

from penchant.data.fields import Schema
from penchant.data.imports import ImportReport, SourceFile, import_files
from penchant.data.schemas import parse_schema

from ...schemas import avro_text

MEMORY_BYTES = 200 << 20
USER = {"name": "USER_ID", "type": "string"}
ITEM = {"name": "ITEM_ID", "type": "string"}
TIME = {"name": "TIMESTAMP", "type": "long"}


def schema_text(record: str, *fields: dict[str, Any], **changes: Any) -> str:
    return avro_text(record, fields, **changes)


def schema(record: str, *fields: dict[str, Any]) -> Schema:
    return parse_schema(schema_text(record, *fields))


def interactions(*more: dict[str, Any]) -> Schema:
    return schema("Interactions", USER, ITEM, TIME, *more)


def items(*fields: dict[str, Any]) -> Schema:
    return schema("Items", ITEM, *fields)


def run_import(folder: Path, of: Schema, *paths: Path, **changes: Any) -> ImportReport:
    """Import files to `folder / "out.parquet"`, any number of records being enough."""
    arguments = {
        "memory_bytes": MEMORY_BYTES,
        "threads": 2,
        "spill": folder / "spill",
        "progress": lambda done, total: None,
        "minimum_rows": 0,
    } | changes
    files = [SourceFile(path, path.name) for path in paths]
    return import_files(files, of, of.record, folder / "out.parquet", **arguments)


def import_text(folder: Path, of: Schema, text: str, **changes: Any) -> ImportReport:
    path = folder / "data.csv"
    path.write_text(text, newline="")
    return run_import(folder, of, path, **changes)


def rows_of(path: Path, sql: str = "SELECT * EXCLUDE (_row) FROM rows ORDER BY _row") -> list[Any]:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet('{path}')")
        return connection.execute(sql).fetchall()
