"""Rows of a catalogue and of what came since."""

from penchant.data.vocabulary import Vocabulary
from penchant.serving.stock import Rows, Stock

ROWS = Rows(Vocabulary(["a", "b"]), Vocabulary(["x", "y"]))


def test_the_catalogue_comes_first_then_what_only_the_dataset_has():
    assert ROWS.indices(["y", "a", "zz", "x", "b"]).tolist() == [3, 0, -1, 2, 1]
    assert [ROWS.index(name) for name in ("b", "x", "zz")] == [1, 2, -1]
    assert len(ROWS) == 4


def test_no_names_have_no_rows():
    assert ROWS.indices([]).tolist() == []


def test_where_nothing_is_told_there_are_the_catalogue_s_rows_without_columns():
    stock = Stock.unknown(Vocabulary(["a", "b"]))
    assert (len(stock.rows), stock.masks.table.n_rows) == (2, 2)
    assert stock.masks.table.find("GENRES") is None
