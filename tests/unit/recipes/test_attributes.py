"""Metadata becomes codes of one table, padded to one width."""

import numpy as np

from penchant.data.training_set import Categories, Features
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.attributes import MOST_CODES, NONE, Attributes


def column(*rows):
    values = Vocabulary(sorted({value for row in rows for value in row}))
    offsets = np.cumsum([0, *map(len, rows)])
    return Categories(values, offsets, values.indices([value for row in rows for value in row]))


def test_every_value_of_every_column_has_its_own_code():
    features = Features({"A": column("x", "xy", "y"), "B": column("x", "", "x")})
    attributes = Attributes.of(features, 3)
    assert attributes.n_codes == 4
    assert attributes.codes.tolist() == [[1, 3], [1, 2], [2, 3]]


def test_a_row_without_values_has_no_code():
    attributes = Attributes.of(Features({"A": column("x", "", "x")}), 3)
    assert attributes.codes.tolist() == [[1], [NONE], [1]]


def test_a_value_of_one_row_teaches_nothing_and_has_no_code():
    attributes = Attributes.of(Features({"A": column("xz", "x")}), 2)
    assert attributes.codes.tolist() == [[1], [1]]


def test_a_value_given_twice_counts_once():
    attributes = Attributes.of(Features({"A": column("xx", "x")}), 2)
    assert attributes.codes.tolist() == [[1], [1]]


def test_numbers_are_cut_into_steps_of_like_size_and_missing_ones_have_no_code():
    numbers = np.array([np.nan, *range(64)], np.float32)
    attributes = Attributes.of(Features(numbers={"PRICE": numbers}), 65)
    assert attributes.codes[0, 0] == NONE
    assert np.bincount(attributes.codes[1:, 0])[1:].tolist() == [4] * 16


def test_a_column_without_numbers_and_no_columns_at_all_have_no_codes():
    missing = Features(numbers={"PRICE": np.full(2, np.nan, np.float32)})
    for features in (missing, Features()):
        attributes = Attributes.of(features, 2)
        assert attributes.n_codes == 1
        assert attributes.codes.tolist() == [[NONE], [NONE]]


def test_a_row_keeps_a_bounded_number_of_values():
    many = "abcdefghijklmnopqrstuvwxyz"
    attributes = Attributes.of(Features({"A": column(many, many)}), 2)
    assert attributes.codes.shape == (2, MOST_CODES)


def test_the_scale_is_one_over_the_root_of_the_number_of_values():
    attributes = Attributes.of(Features({"A": column("wxyz", "wxyz", "w", "")}), 4)
    np.testing.assert_allclose(attributes.scales, [0.5, 0.5, 1, 1])
