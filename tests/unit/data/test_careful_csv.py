from pathlib import Path

import pytest

from penchant.data.careful_csv import lines_of_records, records_of, rewrite
from penchant.data.failures import ImportFailure
from penchant.data.sources import SourceFile


def source(tmp_path: Path, text: str) -> SourceFile:
    path = tmp_path / "in.csv"
    path.write_text(text, newline="")
    return SourceFile(path, "in.csv")


def test_records_know_the_line_they_begin_on(tmp_path: Path) -> None:
    file = source(tmp_path, 'A,B\n"x\ny",1\n\nz,2\n')
    found = [(record.line, record.values) for record in records_of(file, escapes=False)]
    assert found == [(1, ["A", "B"]), (2, ["x\ny", "1"]), (5, ["z", "2"])]
    assert lines_of_records(file, [0, 1], escapes=False) == {0: 2, 1: 5}
    assert lines_of_records(file, [7], escapes=False) == {}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"a\"b"', ['a"b']),
        (r'"a\\",b', ["a\\", "b"]),
        ('"a\\"\nb\\\\",c', ['a"\nb\\', "c"]),
        (r'x\"y,"\"", z', [r"x\"y", '"', " z"]),
        (r'"a""b\n"', ['a"b\\n']),
    ],
)
def test_escapes_count_inside_quotes_only(tmp_path: Path, written: str, meant: list[str]) -> None:
    found = [record.values for record in records_of(source(tmp_path, written), escapes=True)]
    assert found == [meant]


def test_a_lone_backslash_at_the_end_leaves_the_quote_open(tmp_path: Path) -> None:
    (found,) = records_of(source(tmp_path, '"a\\'), escapes=True)
    assert found.wrong is not None
    assert "unexpected end of data" in found.wrong


def test_a_clean_copy_has_every_value_quoted(tmp_path: Path) -> None:
    into = tmp_path / "out.csv"
    file = source(tmp_path, 'A,B\r\n"x\\"y", é\n')
    rewrite(file, into, escapes=True, n_columns=2, tick=lambda: None)
    assert into.read_bytes() == '"A","B"\n"x""y"," é"\n'.encode()


def test_all_broken_records_are_counted_and_the_first_are_shown(tmp_path: Path) -> None:
    file = source(tmp_path, "A,B\n" + "1\n" * 5 + "1,2\n")
    with pytest.raises(ImportFailure) as failure:
        rewrite(file, tmp_path / "out", escapes=False, n_columns=2, tick=lambda: None)
    text = str(failure.value)
    assert text.startswith("5 records cannot be imported. in.csv, line 2: has 1 values")
    assert text.count("in.csv") == 3
    assert text.endswith("And 2 more.")
