import gzip
import json
from pathlib import Path

import duckdb
import pytest

from penchant.data.imports import ImportFailure, SourceFile, import_files
from penchant.data.reports import Remark

from .support import import_text, interactions, items, rows_of, run_import

TYPE = {"name": "EVENT_TYPE", "type": ["null", "string"]}
VALUE = {"name": "EVENT_VALUE", "type": ["null", "float"]}
SHOWN = {"name": "IMPRESSION", "type": ["null", "string"]}
PRICE = {"name": "PRICE", "type": "float"}
GENRES = {"name": "GENRES", "type": ["null", "string"], "categorical": True}


def refuse(folder: Path, text: str, match: str, **changes: object) -> None:
    with pytest.raises(ImportFailure, match=match):
        import_text(folder, interactions(), text, **changes)
    assert not (folder / "out.parquet").exists()
    assert not list(folder.glob(".out*"))
    assert not list((folder / "spill").iterdir())


def test_records_become_typed_rows_in_order_of_arrival(tmp_path: Path) -> None:
    text = "USER_ID,ITEM_ID,TIMESTAMP\nb,2,20\na,1,10\n"
    report = import_text(tmp_path, interactions(), text)
    assert rows_of(tmp_path / "out.parquet", "SELECT * FROM rows ORDER BY _row") == [
        ("b", "2", 20, 0),
        ("a", "1", 10, 1),
    ]
    assert (report.n_read, report.n_rows, report.n_duplicates) == (2, 2, 0)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffUSER_ID,ITEM_ID,TIMESTAMP\nu,i,7\n",
        "USER_ID,ITEM_ID,TIMESTAMP\r\nu,i,7\r\n",
        "USER_ID,ITEM_ID,TIMESTAMP\ru,i,7\r",
        "USER_ID,ITEM_ID,TIMESTAMP\r\nu,i,7\n",
        "USER_ID,ITEM_ID,TIMESTAMP\nu,i,7",
        "USER_ID,ITEM_ID,TIMESTAMP\n\nu,i,7\n\n\n",
        "TIMESTAMP,ITEM_ID,USER_ID\n7,i,u\n",
        ",USER_ID,ITEM_ID,TIMESTAMP,NOTE\n0,u,i,7,x\n",
        "user_id,Item_Id,timestamp\nu,i,7\n",
        '"USER_ID","ITEM_ID","TIMESTAMP"\n"u","i","7"\n',
        " USER_ID , ITEM_ID,TIMESTAMP\nu,i,7\n",
        "USER_ID,user_id,ITEM_ID,TIMESTAMP\nu,x,i,7\n",
        "USER_ID,ITEM_ID,TIMESTAMP\nu,i,7.0\n",
        "USER_ID,ITEM_ID,TIMESTAMP\nu,i, 7\n",
        "USER_ID,ITEM_ID,TIMESTAMP\nu,i,7e0\n",
    ],
)
def test_files_are_taken_as_programs_write_them(tmp_path: Path, text: str) -> None:
    import_text(tmp_path, interactions(), text)
    assert rows_of(tmp_path / "out.parquet") == [("u", "i", 7)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"a ""b"" c"', 'a "b" c'),
        (r'"a \"b\" c"', 'a "b" c'),
        (r'"a\\b"', r"a\b"),
        (r'"AC\DC"', r"AC\DC"),
        (r"AC\DC", r"AC\DC"),
        ('"a\nb"', "a\nb"),
        ('"a\r\nb, c"', "a\r\nb, c"),
        ('5" disc', '5" disc'),
        (r'"a\"""b"', 'a""b'),
    ],
)
def test_quotes_may_be_doubled_or_escaped(tmp_path: Path, written: str, meant: str) -> None:
    text = f'USER_ID,ITEM_ID,TIMESTAMP\nu,{written},7\nv,"\\"",8\n'
    import_text(tmp_path, interactions(), text)
    assert rows_of(tmp_path / "out.parquet") == [("u", meant, 7), ("v", '"', 8)]
    import_text(tmp_path, interactions(), text.replace('v,"\\"",8\n', ""))
    assert rows_of(tmp_path / "out.parquet") == [("u", meant, 7)]


def test_several_files_plain_and_gzipped_follow_one_another(tmp_path: Path) -> None:
    first, second = tmp_path / "1 [x]*.csv", tmp_path / "2'.csv.gz"
    first.write_text("USER_ID,ITEM_ID,TIMESTAMP\na,1,1\na,2,2\n")
    second.write_bytes(gzip.compress(b"TIMESTAMP,USER_ID,ITEM_ID\n3,a,3\n"))
    run_import(tmp_path, interactions(), first, second)
    rows = rows_of(tmp_path / "out.parquet", "SELECT ITEM_ID, _row FROM rows ORDER BY _row")
    assert rows == [("1", 0), ("2", 1), ("3", 2)]


def test_parquet_is_taken_with_its_own_types(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE films AS SELECT 5 AS user_id, 1 AS item_id, TIMESTAMP '1970-01-01 "
            "00:01:00' AS timestamp, 2.5::DOUBLE AS event_value, ['a', 'b'] AS impression"
        )
        connection.execute("INSERT INTO films VALUES (6, 2, '1970-01-01', 'nan', ['a'])")
        connection.execute(f"COPY films TO '{source}' (FORMAT parquet)")
    run_import(tmp_path, interactions(VALUE, SHOWN), source)
    assert rows_of(tmp_path / "out.parquet") == [
        ("5", "1", 60, 2.5, "a|b"),
        ("6", "2", 0, None, "a"),
    ]


def test_parquet_of_several_row_groups_keeps_its_order(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 'u' AS USER_ID, range::VARCHAR AS ITEM_ID, range AS TIMESTAMP FROM "
            f"range(300000)) TO '{source}' (FORMAT parquet)"
        )
    run_import(tmp_path, interactions(), source)
    wrong = rows_of(tmp_path / "out.parquet", "SELECT count(*) FROM rows WHERE _row <> TIMESTAMP")
    assert wrong == [(0,)]


def test_json_lines_are_taken(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    lines = [{"USER_ID": "u", "ITEM_ID": i, "TIMESTAMP": 7 + i, "X": [1]} for i in range(2)]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run_import(tmp_path, interactions(TYPE), source)
    assert rows_of(tmp_path / "out.parquet") == [("u", "0", 7, None), ("u", "1", 8, None)]


def test_keys_of_json_lines_may_be_in_any_case(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    lines = [
        {"user_id": "u", "Item_Id": "1", "timestamp": 7},
        {"user_id": "u", "Item_Id": "2", "timestamp": 8, "EVENT_TYPE": "click"},
    ]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run_import(tmp_path, interactions(TYPE), source)
    assert rows_of(tmp_path / "out.parquet") == [("u", "1", 7, None), ("u", "2", 8, "click")]


def test_a_key_in_the_schemas_own_spelling_goes_before_others(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    line = {"user_id": "other", "USER_ID": "u", "ITEM_ID": "i", "TIMESTAMP": 7}
    source.write_text(json.dumps(line))
    run_import(tmp_path, interactions(), source)
    assert rows_of(tmp_path / "out.parquet") == [("u", "i", 7)]


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("x.parquet", b"PAR1 and nothing more", "x.parquet is not readable Parquet"),
        ("x.jsonl", b'{"USER_ID": "u"\n', "x.jsonl cannot be read"),
        ("x.csv.gz", gzip.compress(b"USER_ID" * 9999)[:-20], "x.csv.gz cannot be decompressed"),
        ("x.csv", b"", "x.csv is empty; its first line must name the columns"),
        ("x.csv", "USER_ID".encode("utf-16"), "x.csv is UTF-16 text; save it as UTF-8"),
        ("x.csv", b"\x89PNG\r\n\x1a\n\xff", "x.csv is neither UTF-8 text nor Parquet nor gzip"),
        ("x.csv", b"\n\n", r"missing the following columns:\[USER_ID, ITEM_ID, TIMESTAMP\]"),
    ],
)
def test_unreadable_files_are_named(tmp_path: Path, name: str, content: bytes, match: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportFailure, match=match):
        run_import(tmp_path, interactions(), tmp_path / name)


def test_missing_columns_are_named_as_the_service_names_them(tmp_path: Path) -> None:
    refuse(
        tmp_path,
        "USER_ID;ITEM_ID\n",
        r"^Input CSV is missing the following columns:\[USER_ID, ITEM_ID, TIMESTAMP\]\. The header "
        r"of data\.csv is: USER_ID;ITEM_ID\. Separate columns with commas\.$",
    )


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    text = "USER_ID,ITEM_ID,timestamp,Timestamp\n"
    refuse(tmp_path, text, r"data\.csv: column TIMESTAMP stands 2 times in the header; keep one")


def test_no_files_are_an_invalid_location(tmp_path: Path) -> None:
    with pytest.raises(ImportFailure, match=r"^Invalid Data location\."):
        run_import(tmp_path, interactions())


def test_the_first_unfit_records_are_shown_with_their_physical_lines(tmp_path: Path) -> None:
    text = (
        'USER_ID,ITEM_ID,TIMESTAMP\nu,"two\nlines",1\n\nu,i,yesterday\n,i,2\nu,i,1577836800000\n'
        "u,i,x\n"
    )
    refuse(
        tmp_path,
        text,
        r"^4 records cannot be imported\. data\.csv, line 5: column TIMESTAMP, value 'yesterday': "
        r"is not a whole number of epoch seconds .*\. data\.csv, line 6: column USER_ID is empty; "
        r"every record needs one\. data\.csv, line 7: .* looks like milliseconds; divide by 1000, "
        r".*\. And 1 more\.$",
    )


def test_failures_name_the_file_among_several(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("USER_ID,ITEM_ID,TIMESTAMP\na,1,1\n")
    second.write_text("USER_ID,ITEM_ID,TIMESTAMP\na,1,1\na,1,x\n")
    with pytest.raises(ImportFailure, match=r"^1 record cannot be imported\. 2\.csv, line 3: "):
        run_import(tmp_path, interactions(), first, second)


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("u,i", "line 3: has 2 values, the header has 3; put values that hold commas"),
        ("u,i,7,8", "line 3: has 4 values, the header has 3"),
        ('u,"i,7', "line 3: is not CSV: unexpected end of data"),
        ('u,"i"x,7', "line 3: is not CSV: ',' expected after '\"'"),
    ],
)
def test_broken_records_are_named_by_line(tmp_path: Path, line: str, match: str) -> None:
    refuse(tmp_path, f"USER_ID,ITEM_ID,TIMESTAMP\nu,i,6\n{line}\n", match)


def test_records_longer_than_can_be_read_are_told(tmp_path: Path) -> None:
    extra = 40
    text = (
        f"USER_ID,ITEM_ID,TIMESTAMP,{','.join(f'X{i}' for i in range(extra))}\r\n"
        f"u,i,1,{','.join(['x' * 120_000] * extra)}\n"
    )
    refuse(tmp_path, text, r"^data\.csv cannot be read: ")


def test_other_encodings_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("USER_ID,ITEM_ID,TIMESTAMP\nu,i,1\nu,café,2\n".encode("latin-1"))
    with pytest.raises(ImportFailure, match=r"latin\.csv, line 3: is not UTF-8; save the file as"):
        run_import(tmp_path, interactions(), path)


def test_exact_duplicates_of_interactions_are_kept_once_at_their_first_place(
    tmp_path: Path,
) -> None:
    text = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n" + "".join(
        f"u,{item},1,{kind}\n" for item, kind in ["aV", "b ", "aV", "aC", "b "]
    ).replace(" ", "")
    report = import_text(tmp_path, interactions(TYPE), text)
    rows = rows_of(
        tmp_path / "out.parquet", "SELECT ITEM_ID, EVENT_TYPE, _row FROM rows ORDER BY 3"
    )
    assert rows == [("a", "V", 0), ("b", None, 1), ("a", "C", 3)]
    assert (report.n_read, report.n_rows, report.n_duplicates) == (5, 3, 2)


def test_the_last_record_of_an_item_wins(tmp_path: Path) -> None:
    report = import_text(tmp_path, items(PRICE), "ITEM_ID,PRICE\na,1\nb,2\na,3\n")
    assert rows_of(tmp_path / "out.parquet") == [("b", 2.0), ("a", 3.0)]
    assert report.n_duplicates == 1


def test_blank_numbers_are_missing_values_even_without_null(tmp_path: Path) -> None:
    report = import_text(tmp_path, items(PRICE), "ITEM_ID,PRICE\na,1\nb,\nc,2\nd,3\n")
    assert rows_of(tmp_path / "out.parquet")[1] == ("b", None)
    assert report.n_blank_numbers == 1
    assert report.warnings == (
        Remark(
            "1 values of column PRICE are empty although the schema does not allow null; they were "
            "read as missing."
        ),
    )


def test_texts_are_cut_at_the_services_length(tmp_path: Path) -> None:
    of = items({"name": "STORY", "type": "string", "textual": True})
    import_text(tmp_path, of, f"ITEM_ID,STORY\na,{'é' * 20_001}\n")
    assert rows_of(tmp_path / "out.parquet", "SELECT length(STORY) FROM rows") == [(20_000,)]


def test_too_few_interactions_are_refused_with_the_count(tmp_path: Path) -> None:
    refuse(
        tmp_path,
        "USER_ID,ITEM_ID,TIMESTAMP\nu,i,1\n",
        "The files hold 1 records, but a dataset import job of Interactions needs at least 1000 ",
        minimum_rows=None,
    )


def test_one_item_is_enough_but_none_is_not(tmp_path: Path) -> None:
    import_text(tmp_path, items(PRICE), "ITEM_ID,PRICE\na,1\n", minimum_rows=None)
    with pytest.raises(ImportFailure, match=r"hold 0 records.*needs at least 1"):
        import_text(tmp_path, items(PRICE), "ITEM_ID,PRICE\n", minimum_rows=None)


def test_a_cap_too_small_names_the_setting(tmp_path: Path) -> None:
    text = "USER_ID,ITEM_ID,TIMESTAMP\n" + "".join(f"u,{n},1\n" for n in range(100_000))
    with pytest.raises(ImportFailure, match="does not fit into import_memory_bytes = 3000000; "):
        import_text(tmp_path, interactions(), text, memory_bytes=3_000_000)


def test_warnings_tell_of_heavy_users_equal_times_and_gaps(tmp_path: Path) -> None:
    text = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n" + "".join(
        f"{user},{n},5,{'x' * (n == 3)}\n" for n, user in enumerate(["guest"] * 3 + list("abcdefg"))
    )
    report = import_text(tmp_path, interactions(TYPE), text)
    gaps, heavy, times = report.warnings
    assert gaps.text.startswith("Column EVENT_TYPE is filled in 10% of the records")
    assert heavy.text.startswith("User 'guest' has 3 of 10 interactions (30%)")
    assert times.text.startswith("All interactions have the time 5;")
    assert [one.user_id for one in report.warnings] == ["", "guest", ""]


def test_progress_counts_rows_up_to_all_of_them(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    text = "USER_ID,ITEM_ID,TIMESTAMP\nu,i,1\nu,i,2\n"
    import_text(
        tmp_path, interactions(), text, progress=lambda done, total: seen.append((done, total))
    )
    assert (0, 2) in seen
    assert seen[-1] == (2, 2)
    assert all(done <= total for done, total in seen)


class Stopped(Exception):  # noqa: N818
    pass


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_progress_may_stop_the_import_and_nothing_is_left(tmp_path: Path, share: float) -> None:
    source = tmp_path / "many.csv"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT range % 999 AS USER_ID, range AS ITEM_ID, range AS TIMESTAMP FROM "
            f"range(600000)) TO '{source}' (HEADER)"
        )

    def stop(done: int, total: int) -> None:
        if total and done >= share * total:
            raise Stopped

    with pytest.raises(Stopped):
        run_import(tmp_path, interactions(), source, progress=stop)
    assert {path.name for path in tmp_path.iterdir()} == {"many.csv", "spill"}
    assert not list((tmp_path / "spill").iterdir())


def test_a_failed_import_leaves_the_earlier_file_untouched(tmp_path: Path) -> None:
    import_text(tmp_path, interactions(), "USER_ID,ITEM_ID,TIMESTAMP\nu,i,1\n")
    with pytest.raises(ImportFailure):
        import_text(tmp_path, interactions(), "USER_ID,ITEM_ID,TIMESTAMP\nu,i,x\n")
    assert rows_of(tmp_path / "out.parquet") == [("u", "i", 1)]


def test_the_schema_must_be_one_of_the_dataset_type(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="record is 'Interactions'"):
        import_files(
            [SourceFile(tmp_path, "x")],
            interactions(),
            "users",
            tmp_path / "out",
            memory_bytes=1,
            threads=1,
            spill=tmp_path,
            progress=lambda done, total: None,
        )
