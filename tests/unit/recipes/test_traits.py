"""Metadata as vectors."""

import numpy as np
import pytest

from penchant.data.training_set import Categories, Features
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.traits import trait_vectors


def category(*codes, n_values=4):
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in codes])]).astype(np.int64)
    flat = np.array([code for one in codes for code in one], np.int32)
    return Categories(Vocabulary(f"v{i}" for i in range(n_values)), offsets, flat)


def vectors(features, n_rows, dim=30):
    return trait_vectors(features, n_rows, dim, np.random.default_rng(0))


def test_rows_of_the_same_values_are_alike_and_of_others_are_not():
    genre = category([0], [0], [1], [1], [0, 1])
    products = vectors(Features(categories={"GENRE": genre}), 5)
    products = products @ products.T
    assert products[0, 1] == pytest.approx(1, abs=1e-5)
    assert products[0, 2] == pytest.approx(0, abs=1e-5)
    assert 0.5 < products[0, 4] < 0.9


def test_a_rare_value_in_common_counts_more_than_a_usual_one():
    kind = category([0, 1], [0, 2], [1], *[[0, 3]] * 10, [1, 0])
    found = vectors(Features(categories={"KIND": kind}), 14)
    assert found[0] @ found[2] > found[0] @ found[1]


def test_numbers_near_each_other_are_alike():
    prices = np.array([1, 1.1, 1.2, 90, 91, 92, 50, 51], np.float32)
    found = vectors(Features(numbers={"PRICE": prices}), 8)
    assert found[0] @ found[1] > 0.9
    assert abs(found[0] @ found[4]) < 0.1


def test_texts_of_like_words_are_alike():
    rng = np.random.default_rng(0)
    wool = ["red", "wool", "scarf", "hat", "warm", "winter"]
    steel = ["steel", "garden", "spade", "rake", "soil", "shovel"]
    topics = (wool, steel)
    texts = tuple(" ".join(rng.choice(topics[row % 2], 4)) for row in range(60))
    found = vectors(Features(texts={"TITLE": texts}), 60)
    products = found @ found.T
    assert products[::2, ::2].mean() > products[::2, 1::2].mean() + 0.3


def test_a_row_without_metadata_has_no_vector_and_others_length_one():
    genre = category([0], [], [0, 1], [1])
    found = vectors(Features(categories={"GENRE": genre}), 4)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 0, 1, 1], abs=1e-5)


def test_no_metadata_at_all_is_one_column_of_nothing():
    assert vectors(Features(), 3).tolist() == [[0], [0], [0]]


def test_vectors_have_at_most_the_dim_wanted():
    texts = tuple(f"word{i} word{i + 1} word{i + 2}" for i in range(60))
    assert vectors(Features(texts={"TITLE": texts}), 60, dim=31).shape == (60, 31)
