"""CSV read record by record: slower than DuckDB, but it knows lines and takes every dialect."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from penchant.data.failures import SHOWN, RecordFailure, failure_of
from penchant.data.sources import SourceFile, lines_of

_OPENING: Final = re.compile(r'(?:^|(?<=,))"')
_BODY: Final = re.compile(r'(?:[^"\\]++|\\.|"")*+', re.DOTALL)
_ESCAPE: Final = re.compile(r'\\(["\\])')
_TICK_RECORDS: Final = 10_000


@dataclass(frozen=True)
class Record:
    """One record of a file; `wrong` tells why it has no `values`."""

    line: int
    values: list[str]
    wrong: str | None = None


def records_of(file: SourceFile, *, escapes: bool) -> Iterator[Record]:
    r"""The records of a CSV file, the header first, empty lines left out.

    Args:
        file: The file.
        escapes: Inside quotes `\"` stands for a quote and `\\` for a backslash, beside `""`.
    """
    lines = lines_of(file)
    reader = csv.reader(_without_escapes(lines) if escapes else lines, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(line, [], f"is not CSV: {error}; close every quote, double quotes inside")
            continue
        if values:
            yield Record(line, values, _not_unicode(values))


def rewrite(
    file: SourceFile, into: Path, *, escapes: bool, n_columns: int, tick: Callable[[], None]
) -> None:
    """Write a file's records as plain CSV, every value quoted.

    Raises:
        ImportFailure: Records are not CSV, not UTF-8 or have another number of columns.
    """
    failures: list[RecordFailure] = []
    n_failures = 0
    with into.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for n, record in enumerate(records_of(file, escapes=escapes)):
            wrong = record.wrong or _wrong_width(record.values, n_columns)
            if wrong is None:
                writer.writerow(record.values)
            else:
                n_failures += 1
                if n_failures <= SHOWN:
                    failures.append(RecordFailure(f"{file.name}, line {record.line}", wrong))
            if n % _TICK_RECORDS == 0:
                tick()
    if failures:
        raise failure_of(failures, n_failures)


def lines_of_records(file: SourceFile, wanted: list[int], *, escapes: bool) -> dict[int, int]:
    """The physical lines on which records begin; record 0 is the one after the header."""
    found: dict[int, int] = {}
    last = max(wanted, default=-1)
    for place, record in enumerate(records_of(file, escapes=escapes), start=-1):
        if place > last:
            break
        if place in wanted:
            found[place] = record.line
    return found


def _wrong_width(values: list[str], n_columns: int) -> str | None:
    if len(values) == n_columns:
        return None
    return (
        f"has {len(values)} values, the header has {n_columns}; put values that hold commas or "
        "line ends in double quotes"
    )


def _not_unicode(values: list[str]) -> str | None:
    for value in values:
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return "is not UTF-8; save the file as UTF-8"
    return None


def _without_escapes(lines: Iterator[str]) -> Iterator[str]:
    """Lines in which quotes inside quoted values are doubled instead of escaped."""
    inside = False
    for line in lines:
        parts: list[str] = []
        place = 0
        while place < len(line):
            end, inside = _step(line, place, inside, parts)
            place = end
        yield "".join(parts)


def _step(line: str, place: int, inside: bool, parts: list[str]) -> tuple[int, bool]:
    if not inside:
        opening = _OPENING.search(line, place)
        end = len(line) if opening is None else opening.end()
        parts.append(line[place:end])
        return end, opening is not None
    body = _BODY.match(line, place)
    end = place if body is None else body.end()
    parts.append(_ESCAPE.sub(_doubled, line[place:end]))
    if end < len(line):
        parts.append(line[end])
        return end + 1, line[end] != '"'
    return end, True


def _doubled(escape: re.Match[str]) -> str:
    return '""' if escape[1] == '"' else "\\"
