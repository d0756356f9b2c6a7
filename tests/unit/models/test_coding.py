"""Columns become codes of one table, of rows and of records alike."""

import json

import numpy as np
import pytest

from penchant.data.training_set import Categories, Features
from penchant.data.vocabulary import Vocabulary
from penchant.models import coding as module
from penchant.models.coding import MOST_CODES, NONE, Coding, sums_of


def column(*rows):
    values = Vocabulary(sorted({value for row in rows for value in row}))
    offsets = np.cumsum([0, *map(len, rows)])
    return Categories(values, offsets, values.indices([value for row in rows for value in row]))


FEATURES = Features(
    categories={"DEVICE": column(["tv"], ["phone", "tv"], ["phone"], [])},
    numbers={"HOUR": np.array([1, 2, 3, 4], np.float32)},
)
CODING = Coding.learned_from(FEATURES)


def test_records_are_coded_as_rows_are():
    records = [
        {"DEVICE": "tv", "HOUR": "1"},
        {"HOUR": "2.0", "DEVICE": "phone | tv"},
        {"DEVICE": "phone", "HOUR": "3"},
        {"HOUR": "4"},
    ]
    rows = [sorted(set(row) - {NONE}) for row in CODING.codes_of_rows(FEATURES, 4).tolist()]
    assert [sorted(set(row) - {NONE}) for row in CODING.codes_of(records).tolist()] == rows
    assert len(rows[3]) == 1


@pytest.mark.parametrize(
    "record",
    [
        {"DEVICE": "car"},
        {"DEVICE": ""},
        {"HOUR": "noon"},
        {"HOUR": "nan"},
        {"HOUR": "1e300"},
        {"WEATHER": "rain"},
    ],
)
def test_what_is_unknown_counts_as_none(record):
    assert CODING.codes_of([record]).tolist() == [[NONE]]


def test_no_records_have_no_codes():
    assert CODING.codes_of([]).shape == (0, 1)


def test_a_record_of_very_many_values_keeps_a_bounded_number():
    letters = "abcdefghijklmnopqrstuvwxyz"
    known = Coding.learned_from(Features({"A": column(letters, letters)}))
    assert known.codes_of([{"A": "|".join(letters)}]).shape == (1, MOST_CODES)


def test_later_rows_are_coded_by_what_was_learned_first():
    later = Features(
        categories={"DEVICE": column(["phone"], ["car", "tv"]), "NEW": column(["x"], ["x"])},
    )
    codes = CODING.codes_of_rows(later, 2)
    assert codes.tolist() == CODING.codes_of([{"DEVICE": "phone"}, {"DEVICE": "tv"}]).tolist()
    assert codes[0, 0] in CODING.codes_of_rows(FEATURES, 4)[2]


def test_a_description_makes_the_same_coding():
    again = Coding.read(json.loads(json.dumps(CODING.description)))
    assert np.array_equal(again.codes_of_rows(FEATURES, 4), CODING.codes_of_rows(FEATURES, 4))
    assert again.n_codes == CODING.n_codes == 5


def test_the_most_frequent_values_are_kept(monkeypatch):
    monkeypatch.setattr(module, "MOST_VALUES", 1)
    known = Coding.learned_from(Features({"A": column("xy", "y", "xy")}))
    assert known.values == {"A": ("y",)}


def test_sums_are_those_of_the_coded_rows_over_the_root_of_their_number():
    table = np.arange(8, dtype=np.float32).reshape(4, 2)
    codes = np.array([[1, 2], [3, NONE], [NONE, NONE]], np.int32)
    expected = [(table[1] + table[2]) / np.sqrt(2), table[3], [0, 0]]
    np.testing.assert_allclose(sums_of(table, codes), expected, rtol=1e-6)
    assert not sums_of(table[:1], codes * 0).any()
