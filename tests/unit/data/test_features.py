"""Columns of texts as values apart."""

from itertools import pairwise

import numpy as np
import pytest

from penchant.data.engine import open_engine
from penchant.data.features import categories_of

PARTS = ("a", " b", "c ", "", " ", "購入", "A", "a b", "\t", "zz")


@pytest.fixture
def engine():
    with open_engine(100_000_000, 1) as opened:
        yield opened


def column_of(engine, texts, separator="|"):
    """What `categories_of` makes of a text or None for each row, as values of each row."""
    rows = np.arange(len(texts) - 1, -1, -1, dtype=np.int32)
    values = np.array([texts[row] for row in rows], dtype=object)
    engine.keep("told", {"index": rows, "value": values})
    found = categories_of(engine, "SELECT * FROM told", len(texts), separator)
    assert sorted(found.values.ids) == list(found.values.ids)
    return [
        [found.values.ids[code] for code in found.codes[start:stop].tolist()]
        for start, stop in pairwise(found.offsets.tolist())
    ]


def test_texts_are_split_and_values_stand_in_their_order_each_once(engine):
    texts = ["y|x| y ||x", None, "", " | ", "x", "y|x| y ||x"]
    assert column_of(engine, texts) == [["y", "x"], [], [], [], ["x"], ["y", "x"]]


def test_without_a_separator_a_text_is_one_value(engine):
    assert column_of(engine, [" x|y ", "", None, "x|y", "a"], "") == [
        ["x|y"],
        [],
        [],
        ["x|y"],
        ["a"],
    ]


def test_a_column_without_values_has_none(engine):
    engine.rows("CREATE TABLE told (index INTEGER, value VARCHAR)")
    found = categories_of(engine, "SELECT * FROM told", 2)
    assert (len(found.values), found.offsets.tolist(), found.codes.tolist()) == (0, [0, 0, 0], [])


@pytest.mark.parametrize("seed", range(3))
def test_random_texts_are_split_as_a_plain_reading_has_it(engine, seed):
    chance = np.random.default_rng(seed)
    texts = ["|".join(chance.choice(PARTS, chance.integers(0, 5))) for _ in range(200)]
    expected = [
        [one for one in dict.fromkeys(part.strip(" ") for part in text.split("|")) if one]
        for text in texts
    ]
    assert column_of(engine, texts) == expected
