"""What an import tells beside its rows: counts, and warnings about data that trains badly."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from penchant.data.engine import Engine, quoted
from penchant.data.fields import Schema

HEAVY_SHARE: Final = 0.1
FILLED_SHARE: Final = 0.7


@dataclass(frozen=True)
class Remark:
    """Something of imported data that a person should know.

    Attributes:
        text: A sentence.
        user_id: The user whom the sentence names; empty where it names none.
    """

    text: str
    user_id: str = ""


@dataclass(frozen=True)
class ImportReport:
    """The outcome of an import.

    Attributes:
        n_read: Records in the files.
        n_rows: Records written.
        n_duplicates: Records left out: exact duplicates of interactions, or earlier records of
            the same id.
        n_blank_numbers: Empty values of numeric columns that do not allow null; read as missing.
        warnings: What makes the data train badly.
    """

    n_read: int
    n_rows: int
    n_duplicates: int = 0
    n_blank_numbers: int = 0
    warnings: tuple[Remark, ...] = ()


def report(engine: Engine, schema: Schema, target: Path, n_read: int) -> ImportReport:
    """Look at a written file and say what was found."""
    counts = ", ".join(f'count("{field.name}")' for field in schema.fields)
    source = f"read_parquet({quoted(str(target))})"
    n_rows, *filled = engine.rows(f"SELECT count(*), {counts} FROM {source}")[0]
    missing = {
        field.name: n_rows - n for field, n in zip(schema.fields, filled, strict=True) if n < n_rows
    }
    blank = {
        field.name: missing[field.name]
        for field in schema.fields
        if field.name in missing and field.is_number and not field.nullable
    }
    warnings = [*_blanks(blank), *_gaps(missing, n_rows)]
    if schema.rules.is_log and n_rows:
        warnings += [*_heavy_users(engine, source, n_rows), *_equal_times(engine, source, n_rows)]
    return ImportReport(n_read, n_rows, n_read - n_rows, sum(blank.values()), tuple(warnings))


def _blanks(blank: dict[str, int]) -> Iterator[Remark]:
    for name, n in blank.items():
        yield Remark(
            f"{n} values of column {name} are empty although the schema does not allow null; they "
            "were read as missing."
        )


def _gaps(missing: dict[str, int], n_rows: int) -> Iterator[Remark]:
    for name, n in missing.items():
        share = 1 - n / n_rows
        if share < FILLED_SHARE:
            yield Remark(
                f"Column {name} is filled in {share:.0%} of the records; a column trains well from "
                f"{FILLED_SHARE:.0%}."
            )


def _heavy_users(engine: Engine, source: str, n_rows: int) -> Iterator[Remark]:
    heavy = engine.rows(
        f'SELECT "USER_ID", count(*) AS n FROM {source} GROUP BY 1 '
        f"HAVING n > {HEAVY_SHARE} * {n_rows} AND n > 1 ORDER BY n DESC, 1"
    )
    for user_id, n in heavy:
        yield Remark(
            f"User {user_id!r} has {n} of {n_rows} interactions ({n / n_rows:.0%}); a guest or "
            "test account spoils what is learned, leave it out.",
            user_id,
        )


def _equal_times(engine: Engine, source: str, n_rows: int) -> Iterator[Remark]:
    first, last = engine.rows(f'SELECT min("TIMESTAMP"), max("TIMESTAMP") FROM {source}')[0]
    if first == last and n_rows > 1:
        yield Remark(
            f"All interactions have the time {first}; recipes that learn from the order of events "
            "cannot."
        )
