"""The files of an import: their format, their columns, their size."""

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Final

from penchant.data.failures import ImportFailure
from penchant.data.fields import Schema

_CHUNK_BYTES: Final = 1 << 20
_ESCAPES: Final = (b'\\"', b"\\\\")
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class SourceFile:
    """A file to import; `name` is what failures call it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Contents:
    """What one look through a text file tells.

    Attributes:
        n_lines: Lines, one more than the number of records unless values hold line ends.
        has_escapes: A backslash stands before a quote or a backslash.
    """

    n_lines: int
    has_escapes: bool


def format_of(file: SourceFile) -> str:
    """`csv`, `json` (one object a line) or `parquet`, by content.

    Raises:
        ImportFailure: The file is empty or not UTF-8.
    """
    with _opened(file) as stream:
        start = stream.read(4)
    if not start:
        raise ImportFailure(f"{file.name} is empty; its first line must name the columns.")
    if start[:2] in _WIDE_MARKS:
        raise ImportFailure(f"{file.name} is UTF-16 text; save it as UTF-8.")
    if start == b"PAR1":
        return "parquet"
    return "json" if start.removeprefix(b"\xef\xbb\xbf")[:1] == b"{" else "csv"


def is_gzipped(path: Path) -> bool:
    """Whether the file begins with gzip's mark."""
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def look_through(file: SourceFile, tick: Callable[[], None]) -> Contents:
    """Count a file's lines and look for backslash escapes; `tick` is called now and then.

    Raises:
        ImportFailure: The file's compression is damaged.
    """
    n_lines, has_escapes, last = 0, False, b""
    with _opened(file) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            tick()
            n_lines += chunk.count(b"\n")
            if not has_escapes and b"\\" in chunk:
                has_escapes = any(escape in last + chunk for escape in _ESCAPES)
            last = chunk[-1:]
    return Contents(n_lines + (last != b"\n"), has_escapes)


def lines_of(file: SourceFile) -> Iterator[str]:
    """A file's physical lines with their line ends; bytes that are not UTF-8 become surrogates."""
    with (
        _opened(file) as stream,
        TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="") as text,
    ):
        yield from text


def header_of(file: SourceFile) -> list[str]:
    """The column names in a CSV file's first line.

    Raises:
        ImportFailure: The line is not readable.
    """
    try:
        names = [name.strip() for name in next(csv.reader(lines_of(file)))]
    except (csv.Error, StopIteration) as error:
        raise ImportFailure(f"{file.name}: the first line names no columns ({error}).") from None
    if any("\udc80" <= char <= "\udcff" for name in names for char in name):
        raise ImportFailure(
            f"{file.name} is neither UTF-8 text nor Parquet nor gzip; save it as one of these."
        )
    return names


def keys_of(file: SourceFile) -> list[str]:
    """The keys in a JSON Lines file's first line; none where it is no object, as reading will say.

    Lines may leave keys out, so these may be fewer than the columns.
    """
    try:
        first = json.loads(next(lines_of(file)))
    except (ValueError, StopIteration):
        return []
    return list(first) if isinstance(first, dict) else []


def columns_for(schema: Schema, header: list[str], file: SourceFile) -> list[int]:
    """Where in the header each field of the schema stands; case counts only to tell two apart.

    Raises:
        ImportFailure: A column is missing or stands twice.
    """
    places = {field.name: _places(field.name, header) for field in schema.fields}
    missing = [name for name, found in places.items() if not found]
    if missing:
        raise ImportFailure(
            f"Input CSV is missing the following columns:[{', '.join(missing)}]. The header of "
            f"{file.name} is: {', '.join(header)}{_hint(header)}"
        )
    for name, found in places.items():
        if len(found) > 1:
            raise ImportFailure(
                f"{file.name}: column {name} stands {len(found)} times in the header; keep one."
            )
    return [places[field.name][0] for field in schema.fields]


def _hint(header: list[str]) -> str:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        return ". Separate columns with commas."
    return ""


def _places(name: str, header: list[str]) -> list[int]:
    exact = [place for place, column in enumerate(header) if column == name]
    return exact or [place for place, column in enumerate(header) if column.upper() == name.upper()]


def _opened(file: SourceFile) -> gzip.GzipFile | BufferedReader:
    if is_gzipped(file.path):
        return _GzipStream(file)
    return file.path.open("rb")


class _GzipStream(gzip.GzipFile):
    """A gzip file whose damage is told as an `ImportFailure`."""

    def __init__(self, file: SourceFile) -> None:
        super().__init__(file.path, "rb")
        self._source = file.name

    def read(self, size: int | None = -1) -> bytes:
        return self._guarded(lambda: super(_GzipStream, self).read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._guarded(lambda: super(_GzipStream, self).read1(size))

    def _guarded(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ImportFailure(
                f"{self._source} cannot be decompressed ({error}); upload it again."
            ) from None
