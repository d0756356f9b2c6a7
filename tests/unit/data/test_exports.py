import random

import duckdb
import numpy as np
import pytest

from penchant.data.exports import export_csv
from penchant.data.imports import SourceFile, import_files
from penchant.data.schemas import parse_schema

from ...schemas import avro_text

MEMORY = 100_000_000


def schema(record, **fields):
    return parse_schema(
        avro_text(record, [{"name": name, **about} for name, about in fields.items()])
    )


TEXT = {"type": "string"}
MAYBE = {"type": ["null", "string"]}
PLAYS = schema(
    "Interactions",
    USER_ID=TEXT,
    ITEM_ID=TEXT,
    TIMESTAMP={"type": "long"},
    EVENT_TYPE=MAYBE,
    EVENT_VALUE={"type": ["null", "float"]},
    _NOTE=MAYBE,
    LIKED={"type": ["null", "boolean"]},
    PRICE={"type": ["null", "double"]},
)
GOODS = schema("Items", ITEM_ID=TEXT, GENRE={"type": "string", "categorical": True})


def export(folder, found, parts=(), put=(), *, newest_only=False, name="out.csv"):
    n = export_csv(
        folder / name,
        found,
        parts=parts,
        put=put,
        newest_only=newest_only,
        memory_bytes=MEMORY,
        threads=1,
        spill=folder / "spill",
    )
    return n, (folder / name).read_bytes().decode()


def bring_in(folder, found, text, name):
    source = folder / f"{name}.csv"
    source.write_bytes(text.encode())
    part = folder / f"{name}.parquet"
    import_files(
        [SourceFile(source, source.name)],
        found,
        found.record,
        part,
        memory_bytes=MEMORY,
        threads=1,
        spill=folder,
        progress=lambda *_: None,
        minimum_rows=1,
    )
    return part


def rows_of(part):
    found = duckdb.sql(f"SELECT * EXCLUDE _row FROM read_parquet('{part}')").fetchall()
    return sorted(found, key=repr)


@pytest.mark.parametrize("alphabet", ["ab\", \n\r;|'ö", 'ab\\", \n'])
def test_what_was_exported_is_imported_as_it_was(tmp_path, alphabet):
    chance = random.Random(0)
    put = [
        {
            "USER_ID": f"u{n % 7}",
            "ITEM_ID": f"i{n}",
            "TIMESTAMP": str(n),
            "EVENT_TYPE": chance.choice(["watch", None]),
            "EVENT_VALUE": chance.choice([None, repr(chance.random() * 1e30)]),
            "_NOTE": "".join(chance.choices(alphabet, k=chance.randint(0, 6))) or None,
            "LIKED": chance.choice(["true", "false", None]),
            "PRICE": chance.choice([None, repr(chance.random() * 10.0 ** chance.randint(-99, 99))]),
        }
        for n in range(400)
    ]
    n_rows, text = export(tmp_path, PLAYS, put=[put[:250], put[250:]])
    assert n_rows == 400
    part = bring_in(tmp_path, PLAYS, text, "again")
    expected = [
        (
            one["USER_ID"],
            one["ITEM_ID"],
            int(one["TIMESTAMP"]),
            one["EVENT_TYPE"],
            None if one["EVENT_VALUE"] is None else float(np.float32(one["EVENT_VALUE"])),
            one["_NOTE"],
            None if one["LIKED"] is None else one["LIKED"] == "true",
            None if one["PRICE"] is None else float(one["PRICE"]),
        )
        for one in put
    ]
    assert rows_of(part) == sorted(expected, key=repr)
    _, twice = export(tmp_path, PLAYS, parts=[part], name="twice.csv")
    assert rows_of(bring_in(tmp_path, PLAYS, twice, "third")) == rows_of(part)


def test_equal_interactions_are_written_once_and_others_all(tmp_path):
    text = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,_NOTE,LIKED,PRICE\n"
    parts = [
        bring_in(tmp_path, PLAYS, text + "a,x,1,,,,,\nb,x,2,,,,,\n", "one"),
        bring_in(tmp_path, PLAYS, text + "a,x,1,,,,,\na,x,1,buy,,,,\n", "two"),
    ]
    put = [[{"USER_ID": "b", "ITEM_ID": "x", "TIMESTAMP": "2"}]]
    n_rows, written = export(tmp_path, PLAYS, parts, put, newest_only=True)
    assert n_rows == 3
    assert sorted(written.splitlines()[1:]) == ["a,x,1,,,,,", "a,x,1,buy,,,,", "b,x,2,,,,,"]


def test_event_types_of_actions_are_written_in_one_spelling(tmp_path):
    done = schema(
        "ActionInteractions",
        USER_ID=TEXT,
        ACTION_ID=TEXT,
        EVENT_TYPE=TEXT,
        TIMESTAMP={"type": "long"},
    )
    rows = "a,x,Not Taken,1\na,x,NOT_TAKEN,2\na,x,viewed,3\n"
    part = bring_in(tmp_path, done, f"USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\n{rows}", "one")
    put = [[{"USER_ID": "a", "ACTION_ID": "x", "EVENT_TYPE": "NOT_TAKEN", "TIMESTAMP": "1"}]]
    _, written = export(tmp_path, done, [part], put)
    expected = ["a,x,NOT_TAKEN,1", "a,x,NOT_TAKEN,2", "a,x,VIEWED,3"]
    assert sorted(written.splitlines()[1:]) == expected


@pytest.fixture
def parts_of_goods(tmp_path):
    texts = ("x,old\ny,same\n", "x,newer\ny,same\n")
    return [
        bring_in(tmp_path, GOODS, f"ITEM_ID,GENRE\n{text}", f"part{n}")
        for n, text in enumerate(texts)
    ]


def test_of_everything_only_the_newest_record_of_an_id_is_written(tmp_path, parts_of_goods):
    put = [[{"ITEM_ID": "x", "GENRE": "put"}, {"ITEM_ID": "z", "GENRE": "new"}]]
    _, written = export(tmp_path, GOODS, parts_of_goods, put, newest_only=True)
    assert sorted(written.splitlines()[1:]) == ["x,put", "y,same", "z,new"]


def test_of_one_kind_of_ingestion_different_records_of_an_id_are_all_written(
    tmp_path, parts_of_goods
):
    _, written = export(tmp_path, GOODS, parts_of_goods)
    assert written.splitlines()[0] == "ITEM_ID,GENRE"
    assert sorted(written.splitlines()[1:]) == ["x,newer", "x,old", "y,same"]


def test_a_column_that_a_part_was_written_without_is_empty(tmp_path, parts_of_goods):
    wider = schema(
        "Items", ITEM_ID=TEXT, GENRE={"type": "string", "categorical": True}, PRICE=MAYBE
    )
    _, written = export(tmp_path, wider, parts_of_goods[:1])
    assert sorted(written.splitlines()) == ["ITEM_ID,GENRE,PRICE", "x,old,", "y,same,"]


def test_nothing_is_a_header_alone(tmp_path):
    assert export(tmp_path, GOODS) == (0, "ITEM_ID,GENRE\n")
    assert list((tmp_path / "spill").iterdir()) == []
