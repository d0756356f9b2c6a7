"""Which rows of a column have or are something."""

import numpy as np
import pytest

from penchant.data.training_set import Categories
from penchant.data.vocabulary import Vocabulary
from penchant.filters.columns import NumberColumn, Table, TextColumn
from penchant.filters.syntax import Operator

GENRES = TextColumn(
    Categories(Vocabulary(["a", "b", "c"]), np.array([0, 2, 2, 3]), np.array([0, 1, 1], np.int32))
)
PRICES = NumberColumn(np.array([1.0, np.nan, 2.5]))


def test_a_row_has_a_value_when_one_of_its_own_is_it():
    assert GENRES.rows_with(["b"]).tolist() == [True, False, True]
    assert GENRES.rows_with(["a", "b"]).tolist() == [True, False, True]
    assert GENRES.rows_with(["c"]).tolist() == [False, False, False]


def test_case_counts_and_unknown_values_are_in_no_row():
    assert not GENRES.rows_with(["A", "zz"]).any()
    assert not GENRES.rows_with([]).any()


def test_the_values_of_a_row_can_be_read_back():
    assert [GENRES.of(row) for row in range(3)] == [("a", "b"), (), ("b",)]
    assert [PRICES.of(row) for row in range(3)] == [("1.0",), (), ("2.5",)]


def test_numbers_are_found_and_a_missing_one_is_in_no_list():
    assert PRICES.rows_with([2.5, 7]).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("operator", "rows"),
    [
        (Operator.LESS, [True, False, False]),
        (Operator.LESS_OR_EQUAL, [True, False, True]),
        (Operator.GREATER, [False, False, False]),
        (Operator.GREATER_OR_EQUAL, [False, False, True]),
    ],
)
def test_numbers_are_compared_and_a_missing_one_compares_with_nothing(operator, rows):
    assert PRICES.compared(operator, 2.5).tolist() == rows


def test_a_table_finds_columns_whatever_their_case():
    table = Table(3, {"STORYLINE": GENRES})
    assert table.find("Story_Line") is GENRES
    assert table.find("PRICE") is None


def test_a_row_of_a_table_tells_texts_and_numbers():
    table = Table(3, {"GENRES": GENRES, "PRICE": PRICES})
    assert table.row(2) == {"GENRES": ("b",), "PRICE": 2.5}
    missing = table.row(1)
    assert missing["GENRES"] == ()
    assert np.isnan(missing["PRICE"])


@pytest.mark.parametrize("n_values", [1, 300, 70_000])
def test_rows_are_found_however_many_values_a_column_has(n_values):
    codes = np.random.default_rng(0).integers(0, n_values, 1_000).astype(np.int32)
    values = Vocabulary(str(value) for value in range(n_values))
    column = TextColumn(Categories(values, np.arange(1_001), codes))
    for code in {0, int(codes[0]), int(codes.max())}:
        assert np.array_equal(column.rows_with([str(code)]), codes == code)
