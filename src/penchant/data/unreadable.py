"""What DuckDB cannot read, told as a failure of the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from penchant.data.failures import ImportFailure
from penchant.data.sources import SourceFile

_NOT_THE_FILES: Final = (
    duckdb.OperationalError,
    duckdb.InterruptException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
)
"""Memory, discs, and queries that are wrong whatever the file holds."""


@contextmanager
def reading(file: SourceFile, path: Path) -> Iterator[None]:
    """Tell errors of reading `path` as those of the file that stands behind it.

    Damaged Parquet raises errors of many classes, among them the plain `duckdb.Error`.

    Raises:
        ImportFailure: The file is damaged.
    """
    try:
        yield
    except _NOT_THE_FILES:
        raise
    except duckdb.Error as error:
        brief = str(error).splitlines()[0].replace(str(path), file.name)
        shown = "".join(char if char.isprintable() else "?" for char in brief)
        raise ImportFailure(f"{file.name} cannot be read: {shown}; write it again") from None
