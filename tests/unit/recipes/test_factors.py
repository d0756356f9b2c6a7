"""Factors of items tell which items the same users had."""

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.factors import item_factors


def training_set(items, n_items):
    n_users, length = items.shape
    rows = items.size
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), length),
        item_indices=items.ravel().astype(np.int32),
        timestamps=np.arange(rows, dtype=np.int64),
        event_types=np.full(rows, -1, np.int16),
        event_values=np.full(rows, np.nan, np.float32),
    )


def halves():
    """Users like the items 0 to 9 or 10 to 19; all like item 20 and nobody item 21."""
    rng = np.random.default_rng(0)
    items = rng.integers(0, 10, (80, 6)) + 10 * rng.integers(0, 2, (80, 1))
    return training_set(np.hstack([items, np.full((80, 1), 20)]), 22)


def test_items_of_the_same_users_point_the_same_way():
    factors = item_factors(halves(), 1, np.random.default_rng(1))[:20, 0]
    assert len(set(np.sign(factors[:10]))) == 1
    assert len(set(np.sign(factors[10:]))) == 1
    assert factors[0] * factors[10] < 0


def test_products_are_those_of_the_exact_decomposition():
    data = halves()
    factors = item_factors(data, 12, np.random.default_rng(1))
    table = np.zeros((80, 22))
    table[data.user_indices, data.item_indices] = 1
    table /= np.sqrt(table.sum(axis=1, keepdims=True)) * np.sqrt(table.sum(axis=0) + 10)
    _, values, items = np.linalg.svd(table)
    exact = items[1:13].T * np.sqrt(values[1:13])
    exact /= np.sqrt((exact**2).sum(axis=1).mean())
    np.testing.assert_allclose(factors @ factors.T, exact @ exact.T, atol=1e-3)


def test_their_mean_square_length_is_one_and_items_without_users_have_none():
    factors = item_factors(halves(), 5, np.random.default_rng(1))
    assert np.square(factors).sum(axis=1).mean() == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(factors[21], 0, atol=1e-6)


def test_a_table_of_lower_rank_than_wanted_fills_up_with_zeros():
    factors = item_factors(training_set(np.array([[0, 1], [1, 2]]), 3), 8, np.random.default_rng(1))
    assert factors.shape == (3, 8)
    assert factors[:, 0].any()
    assert not factors[:, 1:].any()
    alone = item_factors(training_set(np.array([[0]]), 1), 4, np.random.default_rng(1))
    assert not alone.any()


def test_of_very_many_users_a_part_is_enough(monkeypatch):
    monkeypatch.setattr("penchant.recipes.factors._MOST_USERS", 40)
    factors = item_factors(halves(), 1, np.random.default_rng(1))[:, 0]
    assert factors[:10].mean() * factors[10:20].mean() < 0
