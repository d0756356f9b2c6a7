"""Columns of records in the order of ids."""

from itertools import pairwise

import numpy as np

from penchant.data.attributes import read_attributes
from penchant.data.datasets import Dataset

from .support import MEMORY_BYTES, import_text, items

GENRES = {"name": "GENRES", "type": ["null", "string"], "categorical": True}
BRAND = {"name": "BRAND", "type": ["null", "string"]}
STORY = {"name": "STORY", "type": ["null", "string"], "textual": True}
PRICE = {"name": "PRICE", "type": ["null", "float"]}
SOLD = {"name": "SOLD", "type": ["null", "boolean"]}
FILMS = items(GENRES, BRAND, STORY, PRICE, SOLD)


def read(dataset, ids, *names, **asked):
    fields = [FILMS.find(name) for name in names]
    return read_attributes(dataset, ids, fields, memory_bytes=MEMORY_BYTES, **asked)


def texts(column):
    """The values of each row."""
    bounds = column.offsets.tolist()
    return [
        [column.values.ids[code] for code in column.codes[first:last].tolist()]
        for first, last in pairwise(bounds)
    ]


def imported(folder, text):
    folder.mkdir()
    import_text(folder, FILMS, "ITEM_ID,GENRES,BRAND,STORY,PRICE,SOLD\n" + text)
    return folder / "out.parquet"


def test_rows_stand_in_the_order_of_the_ids_with_nothing_for_unknown_ones(tmp_path):
    part = imported(tmp_path / "1", "a,x|y,B|C,Once,2.5,true\nb,,,,,\n")
    found = read(Dataset(FILMS, [part]), ["zz", "b", "a"], "GENRES", "BRAND", "PRICE")
    assert texts(found.texts["GENRES"]) == [[], [], ["x", "y"]]
    assert texts(found.texts["BRAND"]) == [[], [], ["B|C"]]
    assert np.array_equal(found.numbers["PRICE"], [np.nan, np.nan, 2.5], equal_nan=True)
    assert found.others == ()


def test_only_the_columns_named_are_read(tmp_path):
    part = imported(tmp_path / "1", "a,x|y,B|C,Once,2.5,true\n")
    found = read(Dataset(FILMS, [part], {"b": {"story": "Twice", "price": 3}}), ["a", "b"], "STORY")
    assert (set(found.texts), set(found.numbers)) == ({"STORY"}, set())
    assert texts(found.texts["STORY"]) == [["Once"], ["Twice"]]
    none = read(Dataset(FILMS, [part]), ["zz"], others=True)
    assert (none.others, none.texts, none.numbers) == (("a",), {}, {})


def test_ids_are_a_column_too():
    found = read(Dataset(FILMS, put={"a": {}, "b": {}}), ["b", "zz", "a"], "ITEM_ID")
    assert texts(found.texts["ITEM_ID"]) == [["b"], [], ["a"]]


def test_the_newest_record_counts_whole(tmp_path):
    old = imported(tmp_path / "1", "a,x,B,,1,\nb,x,B,,1,\n")
    new = imported(tmp_path / "2", "a,y,,,,\n")
    found = read(
        Dataset(FILMS, [old, new], {"b": {"price": 9}}), ["a", "b"], "GENRES", "BRAND", "PRICE"
    )
    assert texts(found.texts["GENRES"]) == [["y"], []]
    assert texts(found.texts["BRAND"]) == [[], []]
    assert np.array_equal(found.numbers["PRICE"], [np.nan, 9], equal_nan=True)


def test_other_ids_follow_sorted_if_they_are_wanted():
    put = {name: {"price": n} for n, name in enumerate(["c", "a", "d", "b"])}
    found = read(Dataset(FILMS, put=put), ["c", "zz"], "PRICE", others=True)
    assert found.others == ("a", "b", "d")
    prices = found.numbers["PRICE"]
    assert np.array_equal(prices, [0, np.nan, 1, 3, 2], equal_nan=True)


def test_an_empty_dataset_knows_nothing():
    found = read(Dataset(FILMS), ["a"], "GENRES", others=True)
    assert (found.others, texts(found.texts["GENRES"])) == ((), [[]])
    assert read(Dataset(FILMS), [], "PRICE", others=True).numbers["PRICE"].shape == (0,)
