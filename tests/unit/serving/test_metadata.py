"""Which of several records of an item is told."""

from penchant.data.fields import Field, Schema
from penchant.serving.metadata import Metadata

TITLE, PRICE = Field("TITLE", ("string",), textual=True), Field("ListPrice", ("float",))
SCHEMA = Schema("Items", (Field("ITEM_ID", ("string",)), TITLE, PRICE))
OLD = {"a": {"title": "old", "listprice": "1"}, "b": {"title": "b", "listprice": "2.5"}}
NEW = {"a": {"title": "new"}}


class Part:
    def __init__(self, items):
        self.of = items.get


def told(metadata, *ids):
    return metadata.of(ids, (TITLE, PRICE))


def test_the_newest_file_that_has_the_item_counts():
    metadata = Metadata(SCHEMA, [Part(NEW), Part(OLD)])
    assert told(metadata, "a", "b", "c") == [
        {"title": "new"},
        {"title": "b", "listprice": "2.5"},
        {},
    ]


def test_what_was_put_wins_whole_and_is_asked_for_once():
    asked = []

    def put(ids):
        asked.append(list(ids))
        return {"a": {"listPrice": 3, "colour": "red", "title": None}}

    metadata = Metadata(SCHEMA, [Part(OLD)], put)
    assert told(metadata, "a", "b") == [{"listprice": "3.0"}, {"title": "b", "listprice": "2.5"}]
    assert asked == [["a", "b"]]


def test_a_value_that_does_not_fit_its_column_is_missing():
    metadata = Metadata(SCHEMA, [Part({"a": {"listprice": "cheap", "title": "x"}})])
    assert told(metadata, "a") == [{"title": "x"}]


def test_only_the_columns_asked_for_are_told():
    assert Metadata(SCHEMA, [Part(OLD)]).of(["b"], [PRICE]) == [{"listprice": "2.5"}]


def test_no_items_ask_nothing():
    assert told(Metadata(SCHEMA, (), lambda ids: 1 / 0)) == []
