import gzip
from pathlib import Path

import duckdb
import pytest

from penchant.data.engine import open_engine
from penchant.data.failures import ImportFailure
from penchant.data.inferred_schemas import infer_schema
from penchant.data.rules import INTERACTIONS, ITEMS, USERS
from penchant.data.sources import SourceFile


def inferred(path: Path, rules):
    with open_engine(200 << 20, 1) as engine:
        return infer_schema(engine, SourceFile(path, path.name), rules)


def csv(tmp_path, text):
    path = tmp_path / "data.csv"
    path.write_text(text)
    return path


def test_of_interactions_the_reserved_columns_are_taken_in_any_case(tmp_path):
    schema = inferred(csv(tmp_path, "user_id,Item_Id,TIMESTAMP,event_value,rating\n"), INTERACTIONS)

    assert [(f.name, f.kind, f.nullable) for f in schema.fields] == [
        ("USER_ID", "string", False),
        ("ITEM_ID", "string", False),
        ("TIMESTAMP", "long", False),
        ("EVENT_VALUE", "float", True),
    ]


def test_of_items_numbers_categories_and_prose_are_told_apart(tmp_path):
    prose = "a long description of what this thing is and does"
    rows = "".join(f"i{n},{n}.5,{n},red|{n % 2},name {n},{prose} {n}\n" for n in range(8))
    path = csv(tmp_path, f"ITEM_ID,price,CREATION_TIMESTAMP,colours,name,about\n{rows}")

    fields = {field.name: field for field in inferred(path, ITEMS).fields}

    assert fields["ITEM_ID"].kind == "string"
    assert fields["PRICE"].kind == "double"
    assert fields["CREATION_TIMESTAMP"].kind == "long"
    assert fields["COLOURS"].categorical
    assert not fields["NAME"].is_metadata
    assert fields["ABOUT"].textual


def test_users_take_no_texts(tmp_path):
    rows = "".join(f"u{n},{n % 2},{'x' * 60}{n}\n" for n in range(6))

    fields = {f.name: f for f in inferred(csv(tmp_path, f"USER_ID,sex,bio\n{rows}"), USERS).fields}

    assert fields["SEX"].is_number
    assert not fields["BIO"].textual


def test_lists_in_parquet_are_categories(tmp_path):
    path = tmp_path / "items.parquet"
    duckdb.sql("SELECT 'i' || i AS item_id, ['a', 'b'] AS genres FROM range(6) t(i)").write_parquet(
        str(path)
    )

    fields = {field.name: field for field in inferred(path, ITEMS).fields}

    assert fields["GENRES"].categorical


def test_times_in_parquet_are_whole_numbers_and_in_text_are_text(tmp_path):
    path = tmp_path / "items.parquet"
    duckdb.sql("SELECT 'i' AS item_id, DATE '2020-01-02' AS released").write_parquet(str(path))
    written = csv(tmp_path, "ITEM_ID,released,price\ni,2020-01-02,2.5\n")

    assert inferred(path, ITEMS).fields[1].kind == "long"
    assert inferred(written, ITEMS).fields[1].kind == "string"


def test_a_name_with_brackets_is_no_pattern_and_compression_is_seen_by_content(tmp_path):
    path = tmp_path / "items[1].csv"
    path.write_bytes(gzip.compress(b"ITEM_ID,price\ni1,2.5\n"))

    assert [field.name for field in inferred(path, ITEMS).fields] == ["ITEM_ID", "PRICE"]


def test_lines_of_json_are_looked_at(tmp_path):
    path = tmp_path / "users.json"
    path.write_text('{"USER_ID": "u1", "age": 30}\n{"USER_ID": "u2", "age": 31}\n')

    assert [field.kind for field in inferred(path, USERS).fields] == ["string", "long"]


def test_a_file_without_the_columns_needed_is_refused_by_its_name(tmp_path):
    with pytest.raises(ImportFailure, match=r"columns:\[ITEM_ID, TIMESTAMP\]. .*data.csv is: user"):
        inferred(csv(tmp_path, "user_id,film\n1,2\n"), INTERACTIONS)


def test_items_without_anything_to_learn_from_are_refused(tmp_path):
    with pytest.raises(ImportFailure, match=r"data.csv: .* needs at least one metadata field"):
        inferred(csv(tmp_path, "ITEM_ID\ni1\n"), ITEMS)


@pytest.mark.parametrize("bad", [b"a,b\n", b"c,d,3,e\n", b"\xe9\xff,b,3\n", b'"open,b,3\n'])
def test_lines_that_no_import_takes_do_not_change_what_the_others_tell(tmp_path, bad):
    path = tmp_path / "data.csv"
    lines = b"".join(b"i%d,g%d,%d\n" % (i, i % 5, i) for i in range(100))
    path.write_bytes(b"ITEM_ID,GENRE,PRICE\n" + lines + bad)

    assert [field.name for field in inferred(path, ITEMS).fields] == ["ITEM_ID", "GENRE", "PRICE"]


def test_a_header_is_one_though_all_values_are_texts(tmp_path):
    fields = inferred(csv(tmp_path, "ITEM_ID,genre\na,x\nb,x\n"), ITEMS).fields

    assert [field.name for field in fields] == ["ITEM_ID", "GENRE"]


@pytest.mark.parametrize("kept", [0.5, 1.0])
def test_a_damaged_file_is_told_by_its_own_name(tmp_path, kept):
    path = tmp_path / "items.parquet"
    duckdb.sql(
        "SELECT 'i' || i AS item_id, 'genre' || hash(i) AS genre FROM range(5000) t(i)"
    ).write_parquet(str(path))
    whole = path.read_bytes()
    damaged = whole[:4] + bytes(len(whole) // 2 - 4) + whole[len(whole) // 2 :]
    path.write_bytes(damaged[: int(len(whole) * kept)])

    with pytest.raises(ImportFailure, match=r"^items.parquet cannot be read: .*write it") as told:
        inferred(path, ITEMS)

    assert "look-" not in str(told.value)
