import pytest

from penchant.data.engine import open_engine
from penchant.data.failures import ImportFailure
from penchant.data.forgetting import read_users, rewrite, users
from penchant.data.sources import SourceFile


@pytest.fixture
def engine(tmp_path):
    with open_engine(100_000_000, 1, tmp_path / "spill") as engine:
        yield engine


def read(engine, tmp_path, *texts):
    files = []
    for n, text in enumerate(texts):
        path = tmp_path / f"{n}.csv"
        path.write_text(text)
        files.append(SourceFile(path, path.name))
    return read_users(engine, files)


def test_users_of_all_files_are_read_once(engine, tmp_path):
    assert read(engine, tmp_path, "USER_ID\nb\na\n", 'user_id\n"a"\n\n"x, ""y"""\n') == 3
    assert list(users(engine, 2)) == [["a", "b"], ['x, "y"']]


def test_a_backslash_before_a_quote_escapes_it_as_in_imports(engine, tmp_path):
    read(engine, tmp_path, 'USER_ID\n"a\\"b"\nc\\d\n')
    assert list(users(engine, 9)) == [['a"b', "c\\d"]]


def test_nobody_is_nobody(engine, tmp_path):
    assert read(engine, tmp_path, "USER_ID\n") == 0
    assert list(users(engine, 2)) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NAME\na\n", r"0\.csv has the columns \[NAME\]"),
        ("USER_ID\na,b\n", r"0\.csv, line 2 holds 2 values"),
        ('USER_ID\n""\n', r"0\.csv, line 2 holds 1 values"),
    ],
)
def test_other_files_are_refused(engine, tmp_path, text, reason):
    with pytest.raises(ImportFailure, match=reason):
        read(engine, tmp_path, text)


@pytest.fixture
def part(engine, tmp_path):
    engine.rows(
        "COPY (SELECT 'u' || (range % 3) AS USER_ID, range AS _row FROM range(9)) "
        f"TO '{tmp_path}/part.parquet'"
    )
    return tmp_path / "part.parquet"


def rows_of(engine, path):
    return engine.rows(f"SELECT USER_ID, _row FROM '{path}' ORDER BY _row")


def test_a_file_is_written_without_the_users(engine, tmp_path, part):
    read(engine, tmp_path, "USER_ID\nu1\nu7\n")
    assert rewrite(engine, part, tmp_path / "new.parquet") == (3, 6)
    assert rows_of(engine, tmp_path / "new.parquet") == [
        (f"u{n % 3}", n) for n in range(9) if n % 3 != 1
    ]
    assert len(rows_of(engine, part)) == 9


@pytest.mark.parametrize(("text", "counts"), [("u7\n", (0, 9)), ("u0\nu1\nu2\n", (9, 0))])
def test_nothing_is_written_where_all_stay_or_all_go(engine, tmp_path, part, text, counts):
    read(engine, tmp_path, f"USER_ID\n{text}")
    assert rewrite(engine, part, tmp_path / "new.parquet") == counts
    assert not (tmp_path / "new.parquet").exists()
