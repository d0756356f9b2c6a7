import numpy as np
import pytest

from penchant.data.training_set import Categories, Features
from penchant.data.vocabulary import Vocabulary
from penchant.models.item_attributes import ItemAttributes


@pytest.fixture
def attributes():
    """Four films: drama; drama and comedy; comedy; none. Lengths 90, 120, 90 and unknown."""
    genres = Categories(
        Vocabulary(["Comedy", "Drama"]),
        np.array([0, 1, 3, 4, 4]),
        np.array([1, 1, 0, 0], np.int32),
    )
    minutes = np.array([90, 120, 90, np.nan], np.float32)
    texts = {"PLOT": ("a", "b", "c", "d")}
    return ItemAttributes.of(Features({"GENRES": genres}, {"MINUTES": minutes}, texts))


@pytest.mark.parametrize(
    ("conditions", "items"),
    [
        ([("GENRES", "Drama")], [0, 1]),
        ([("genres", "Comedy")], [1, 2]),
        ([("GENRES", "Comedy"), ("GENRES", "Drama")], [1]),
        ([("MINUTES", "90")], [0, 2]),
        ([("minutes", "90.0"), ("GENRES", "Comedy")], [2]),
    ],
)
def test_items_fulfil_all_conditions(attributes, conditions, items):
    assert attributes.items_with(conditions).tolist() == items


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ([], "name at least one column and its value"),
        ([("PLOT", "a")], "no column 'PLOT' at training; known: GENRES, MINUTES"),
        ([("GENRES", "Horror")], "no item had GENRES = 'Horror' at training"),
        ([("MINUTES", "long")], "MINUTES is numeric; give a number"),
        ([("MINUTES", "7")], "no item had MINUTES = '7' at training"),
        ([("GENRES", "Comedy"), ("GENRES", "Drama"), ("MINUTES", "90")], "ask for fewer at once"),
    ],
)
def test_what_was_not_at_training_is_refused_by_name(attributes, conditions, text):
    with pytest.raises(ValueError, match=text):
        attributes.items_with(conditions)


def test_every_value_makes_a_group(attributes):
    groups = [group.tolist() for group in attributes.groups()]
    assert groups == [[1, 2], [0, 1], [0, 2], [1]]


def test_a_numeric_column_of_many_values_makes_no_groups():
    assert list(ItemAttributes({}, {"PRICE": np.arange(51, dtype=np.float32)}).groups()) == []
    assert len(list(ItemAttributes({}, {"PRICE": np.arange(50, dtype=np.float32)}).groups())) == 50


def test_texts_alone_are_no_attributes():
    assert not ItemAttributes.of(Features(texts={"PLOT": ("a",)}))


def test_a_column_without_values_makes_no_groups():
    empty = Categories(Vocabulary([]), np.zeros(4, np.int64), np.empty(0, np.int32))
    assert list(ItemAttributes({"GENRES": empty}, {}).groups()) == []


def test_what_is_saved_is_loaded(attributes, tmp_path):
    attributes.save(tmp_path)
    loaded = ItemAttributes.load(tmp_path)
    assert loaded.items_with([("GENRES", "Drama"), ("MINUTES", "120")]).tolist() == [1]
    assert [g.tolist() for g in loaded.groups()] == [g.tolist() for g in attributes.groups()]
