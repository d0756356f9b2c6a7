"""Datasets as they are now."""

import json
from datetime import UTC, datetime
from itertools import count

import duckdb
import pytest

from penchant.data.attributes import read_attributes
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource
from penchant.serving import datasets, details, imported_events
from penchant.serving.datasets import DatasetReader
from penchant.store.database import connect, migrate, writing
from penchant.store.records import Records
from penchant.store.resources import Resources

from ...schemas import avro_text

OWNER = Owner("000000000000", "us-east-1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = {
    "ITEMS": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": ["null", "string"], "categorical": True},
        {"name": "PRICE", "type": ["null", "float"]},
    ],
    "USERS": [
        {"name": "USER_ID", "type": "string"},
        {"name": "AGE", "type": ["null", "int"]},
        {"name": "LAND", "type": ["null", "string"]},
    ],
    "INTERACTIONS": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "ACTION_INTERACTIONS": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ACTION_ID", "type": "string"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
}
PRICE, BOTH = frozenset({"PRICE"}), frozenset({"GENRES", "PRICE"})
ARNS = {name: OWNER.arn(Kind.DATASET, f"shop/{name}") for name in FIELDS}


class Ground:
    """Datasets of a group over a real database and real files."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = connect(f"sqlite:///{folder / 'penchant.db'}")
        migrate(self.engine)
        self.resources, self.records = Resources(self.engine), Records(self.engine)
        self.reader = DatasetReader(self.resources, self.records, folder, 100_000_000)
        self.seconds = count()

    def make(self, name):
        text = avro_text(name.title(), FIELDS[name])
        schema = self.add(Kind.SCHEMA, name, {"schema": text})
        self.add(Kind.DATASET, f"shop/{name}", {"schemaArn": schema, "datasetType": name})

    def change_schema(self, name, column, **sent):
        """Let the schema say something else of a column."""
        arn = OWNER.arn(Kind.SCHEMA, name)
        document = json.loads(self.resources.get(arn).sent["schema"])
        (field,) = [one for one in document["fields"] if one["name"] == column]
        field.pop("categorical", None)
        field.update(sent)
        with self.resources.transaction() as tx:
            held = self.resources.held(tx, arn)
            self.resources.change(tx, held, NOW, sent={"schema": json.dumps(document)})

    def add(self, kind, name, sent):
        arn, moments = OWNER.arn(kind, name), {"created_at": NOW, "updated_at": NOW}
        found = Resource(
            arn=arn, kind=kind, owner=OWNER, name=name, status="ACTIVE", sent=sent, **moments
        )
        with self.resources.transaction() as tx:
            self.resources.add(tx, found)
        return arn

    def bring_in(self, name, *parts, keep=()):
        """Let the dataset consist of `keep` and new files of `parts`, each rows of texts."""
        names = list(keep)
        for rows in parts:
            names.append(f"{name}-{next(self.seconds)}.parquet")
            self.write(self.folder / names[-1], name, rows)
        with self.resources.transaction() as tx:
            held = self.resources.held(tx, ARNS[name])
            self.resources.change(tx, held, NOW, own={"parts": names})
        return names

    def write(self, path, name, rows):
        types = {"float": "FLOAT", "int": "INTEGER", "long": "BIGINT", "string": "TEXT"}
        kinds = [
            one["type"] if isinstance(one["type"], str) else one["type"][1] for one in FIELDS[name]
        ]
        columns = [
            f'"{one["name"]}" {types[kind]}' for one, kind in zip(FIELDS[name], kinds, strict=True)
        ]
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t ({', '.join(columns)}, _row BIGINT)")
            for n, row in enumerate(rows):
                marks = ", ".join("?" * (len(row) + 1))
                connection.execute(f"INSERT INTO t VALUES ({marks})", [*row, n])
            connection.execute(f"COPY t TO '{path}'")

    def put(self, name, **records):
        with writing(self.engine) as tx:
            self.records.put(tx, ARNS[name], records, datetime.now(UTC))


@pytest.fixture
def ground(tmp_path):
    made = Ground(tmp_path)
    for name in FIELDS:
        made.make(name)
    yield made
    made.engine.dispose()


def test_what_a_dataset_holds_has_another_name_after_every_change(ground):
    def version():
        return ground.reader.version(ARNS["ITEMS"])

    seen = [version()]
    ground.bring_in("ITEMS", [("a", "x", 1.0)])
    seen.append(version())
    ground.put("ITEMS", a={"genres": "y"})
    seen.append(version())
    ground.put("ITEMS", a={"genres": "z"})
    seen.append(version())
    assert len(set(seen)) == 4
    assert version() == seen[-1]


def test_a_dataset_that_is_not_there_is_empty(ground):
    nowhere = OWNER.arn(Kind.DATASET, "none/ITEMS")
    stock = ground.reader.stock(nowhere, Vocabulary(["a"]), PRICE)
    assert ground.reader.version(nowhere) is None
    assert (stock.masks.table.n_rows, stock.names, stock.version) == (1, PRICE, None)
    assert ground.reader.stock(nowhere, stock.rows.catalogue, BOTH, stock).names == BOTH
    assert ground.reader.table(nowhere, ["a"], PRICE).columns == {}
    assert ground.reader.imported_events(nowhere) == ()
    assert ground.reader.metadata(nowhere).schema is None


def test_a_stock_has_the_catalogue_and_whatever_else_the_dataset_has(ground):
    ground.bring_in("ITEMS", [("a", "x|y", 1.0), ("c", "x", 3.0)])
    ground.put("ITEMS", b={"price": 2}, a={"price": 9})
    stock = ground.reader.stock(ARNS["ITEMS"], Vocabulary(["zz", "a"]), BOTH)
    assert stock.rows.others.ids == ("b", "c")
    prices = stock.masks.table.find("PRICE")
    assert [prices.of(row) for row in range(4)] == [(), ("9.0",), ("2.0",), ("3.0",)]
    assert stock.masks.table.find("genres").of(3) == ("x",)


def test_a_table_has_the_rows_asked_for_alone(ground):
    ground.bring_in("ITEMS", [("a", "x", 1.0), ("c", "x", 3.0)])
    table = ground.reader.table(ARNS["ITEMS"], ["c"], PRICE)
    assert (table.n_rows, table.find("PRICE").of(0)) == (1, ("3.0",))


def test_users_are_looked_up_by_id(ground):
    ground.bring_in("USERS", [("u", 40, "Mali"), ("v", None, None)])
    names = frozenset({"AGE", "LAND"})
    people = ground.reader.stock(ARNS["USERS"], Vocabulary(()), names)
    assert people.of("u") == {"AGE": 40.0, "LAND": ("Mali",)}
    found = people.of("v")
    assert found["LAND"] == ()
    assert found["AGE"] != found["AGE"]
    assert people.of("zz") == {}


@pytest.fixture
def columns_read(monkeypatch):
    """The names of the columns of each reading."""
    reads = []

    def noted(dataset, ids, fields, **limits):
        reads.append([field.name for field in fields])
        return read_attributes(dataset, ids, fields, **limits)

    monkeypatch.setattr(datasets, "read_attributes", noted)
    return reads


def test_only_columns_named_are_read_and_each_of_them_once(ground, columns_read):
    ground.bring_in("ITEMS", [("a", "x", 1.0), ("c", "y", 3.0)])
    first = ground.reader.stock(ARNS["ITEMS"], Vocabulary(["a"]), PRICE)
    second = ground.reader.stock(ARNS["ITEMS"], first.rows.catalogue, BOTH, first)
    third = ground.reader.stock(ARNS["ITEMS"], first.rows.catalogue, BOTH, second)
    assert columns_read == [["PRICE"], ["GENRES"]]
    assert first.rows is second.rows
    assert third is second
    assert third.of("c") == {"GENRES": ("y",), "PRICE": 3.0}


def test_after_a_change_rows_and_columns_are_read_anew(ground, columns_read):
    ground.bring_in("ITEMS", [("a", "x", 1.0)])
    first = ground.reader.stock(ARNS["ITEMS"], Vocabulary(["a"]), PRICE)
    ground.put("ITEMS", a={"price": 2}, b={"price": 3, "genres": "z"})
    second = ground.reader.stock(ARNS["ITEMS"], first.rows.catalogue, BOTH, first)
    assert columns_read == [["PRICE"], ["GENRES", "PRICE"]]
    assert (second.of("a")["PRICE"], second.of("b")["GENRES"]) == (2.0, ("z",))


def test_of_what_was_put_only_the_columns_named_are_held(ground, monkeypatch):
    held = []

    def noted(dataset, *rest, **limits):
        held.append(dataset.put)
        return read_attributes(dataset, *rest, **limits)

    monkeypatch.setattr(datasets, "read_attributes", noted)
    ground.put("ITEMS", a={"genres": "x", "price": 2}, b={"genres": "y"})
    found = ground.reader.stock(ARNS["ITEMS"], Vocabulary(["a"]), PRICE)
    assert held == [{"a": {"price": 2}, "b": {}}]
    assert (found.of("a"), found.rows.others.ids) == ({"PRICE": 2.0}, ("b",))


def test_what_no_filter_may_look_at_is_not_read(ground, columns_read):
    ground.bring_in("ITEMS", [("a", "x", 1.0)])
    ground.change_schema("ITEMS", "GENRES", textual=True)
    names = frozenset({"GENRES", "NOWHERE"})
    stock = ground.reader.stock(ARNS["ITEMS"], Vocabulary(["a"]), names)
    assert columns_read == [[]]
    assert (stock.names, stock.of("a")) == (names, {})


def test_a_past_is_read_from_its_index_which_is_made_where_it_is_missing(ground):
    (name,) = ground.bring_in("INTERACTIONS", [("u", "a", 1), ("u", "b", 2)])
    index = imported_events.beside(ground.folder / name)
    assert not index.exists()
    (found,) = ground.reader.imported_events(ARNS["INTERACTIONS"])
    assert index.is_dir()
    assert len(found.of("u", None)) == 2
    (ground.folder / name).unlink()
    assert len(ground.reader.imported_events(ARNS["INTERACTIONS"])[0].of("u", None)) == 2


def test_a_past_of_actions_has_types_in_one_spelling(ground):
    ground.bring_in("ACTION_INTERACTIONS", [("u", "a", "Not Taken", 1), ("u", "b", "NOT_TAKEN", 2)])
    (found,) = ground.reader.imported_events(ARNS["ACTION_INTERACTIONS"])
    assert len(found.of("u", frozenset({"not_taken"}))) == 2


def test_metadata_are_read_from_their_index_which_is_made_where_it_is_missing(ground):
    first, second = ground.bring_in(
        "ITEMS", [("a", "old", 1.0), ("b", "b", 2.0)], [("a", "new", None)]
    )
    found = ground.reader.metadata(ARNS["ITEMS"])
    assert all(details.beside(ground.folder / name).is_dir() for name in (first, second))
    assert found.put is None
    columns = found.schema.fields[1:]
    assert found.of(["a", "b"], columns) == [{"genres": "new"}, {"genres": "b", "price": "2.0"}]
    ground.put("ITEMS", b={"price": 7})
    assert ground.reader.metadata(ARNS["ITEMS"]).of(["b"], columns) == [{"price": "7.0"}]


def test_a_part_that_an_import_replaces_meanwhile_is_no_failure(ground, monkeypatch):
    (old,) = ground.bring_in("ITEMS", [("a", "x", 1.0)])
    look = ground.reader._present_parts

    def replaced(arn):
        found = look(arn)
        if (ground.folder / old).exists():
            (ground.folder / old).unlink()
            ground.bring_in("ITEMS", [("a", "y", 2.0)])
        return found

    monkeypatch.setattr(ground.reader, "_present_parts", replaced)
    table = ground.reader.table(ARNS["ITEMS"], ["a"], BOTH)
    assert table.find("GENRES").of(0) == ("y",)


def test_a_part_that_is_gone_for_good_is_one(ground):
    (name,) = ground.bring_in("ITEMS", [("a", "x", 1.0)])
    (ground.folder / name).unlink()
    with pytest.raises(duckdb.IOException):
        ground.reader.table(ARNS["ITEMS"], ["a"], BOTH)
