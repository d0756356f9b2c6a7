"""What Python's csv module writes is what is imported, whatever the texts hold."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from .support import import_text, interactions, rows_of

COLUMNS = ["USER_ID", "ITEM_ID", "TIMESTAMP", "NOTE"]
NOTED = interactions({"name": "NOTE", "type": ["null", "string"]})
ODD = st.sampled_from(['"', ",", "\n", "\r", "\r\n", " ", '""', "a", "é", "漢", "😀", "#", "'"])
PLAIN = st.characters(exclude_categories=["Cs"], exclude_characters="\\")


def texts(alphabet: st.SearchStrategy[str], min_size: int = 0) -> st.SearchStrategy[str]:
    return st.lists(alphabet, min_size=min_size, max_size=12).map("".join)


def tables(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, str, int, str]]]:
    some = texts(alphabet, min_size=1)
    row = st.tuples(some, some, st.integers(0, 10**10), texts(alphabet))
    return st.lists(row, min_size=1, max_size=30)


def written(rows: list[tuple[str, str, int, str]], **dialect: object) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, **dialect)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return stream.getvalue()


def imported(text: str) -> list[tuple[str, str, int, str | None]]:
    with TemporaryDirectory() as folder:
        import_text(Path(folder), NOTED, text)
        return rows_of(Path(folder) / "out.parquet")


def distinct(rows: list[tuple[str, str, int, str]]) -> list[tuple[str, str, int, str | None]]:
    return [(user, item, time, note or None) for user, item, time, note in dict.fromkeys(rows)]


@given(tables(ODD | PLAIN), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
@settings(max_examples=15, deadline=None)
def test_doubled_quotes_round_trip(rows: list[tuple[str, str, int, str]], quoting: int) -> None:
    assert imported(written(rows, quoting=quoting)) == distinct(rows)


@given(tables(ODD | PLAIN | st.just("\\")))
@settings(max_examples=15, deadline=None)
def test_escaped_quotes_round_trip(rows: list[tuple[str, str, int, str]]) -> None:
    text = written(rows, quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\")
    assert imported(text) == distinct(rows)
