"""Rows of a catalogue and of what came since, and the columns over them."""

import numpy as np

from penchant.data.vocabulary import Vocabulary
from penchant.filters.columns import NumberColumn, Table
from penchant.filters.masks import Masks
from penchant.serving.stock import Rows, Stock

ROWS = Rows(Vocabulary(["a", "b"]), Vocabulary(["x", "y"]))


def test_the_catalogue_comes_first_then_what_only_the_dataset_has():
    assert ROWS.indices(["y", "a", "zz", "x", "b"]).tolist() == [3, 0, -1, 2, 1]
    assert [ROWS.index(name) for name in ("b", "x", "zz")] == [1, 2, -1]
    assert (len(ROWS), ROWS.ids) == (4, ("a", "b", "x", "y"))


def test_no_names_have_no_rows():
    assert ROWS.indices([]).tolist() == []


def numbers(**columns):
    return Table(4, {name: NumberColumn(np.array(column)) for name, column in columns.items()})


def test_an_id_s_values_are_found_wherever_it_stands():
    stock = Stock(ROWS, Masks(numbers(AGE=[1.0, 2.0, 3.0, 4.0])))
    assert [stock.of(name) for name in ("b", "x", "zz")] == [{"AGE": 2.0}, {"AGE": 3.0}, {}]


def test_further_columns_join_those_that_are_there():
    first = Stock(ROWS, Masks(numbers(AGE=[1.0] * 4)), frozenset({"AGE"}), "version")
    second = first.with_columns(numbers(PRICE=[2.0] * 4), frozenset({"PRICE", "NOWHERE"}))
    assert second.of("a") == {"AGE": 1.0, "PRICE": 2.0}
    assert second.rows is first.rows
    assert second.names == {"AGE", "PRICE", "NOWHERE"}
    assert second.version == "version"
    assert first.of("a") == {"AGE": 1.0}
