"""The recipe of similar items and how its model weighs counts, factors and metadata."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.similar_items import FEWEST_INTERACTIONS, Trust
from penchant.recipes.contract import silent
from penchant.recipes.similar_items import SimilarItems, step_factors


def pairs_of_steps():
    """Items 0-3 are met as 0, 1 and as 2, 3; item 4 is cold, item 5 unknown to all."""
    rows = [0, 1] * 20 + [2, 3] * 12 + [4, 0]
    users = np.arange(len(rows)) // 2
    genre = np.array([0, 0, 1, 1, 1], np.int32)
    column = Categories(Vocabulary(["a", "b"]), np.array([0, 1, 2, 3, 4, 5, 5]), genre)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(users[-1] + 1)),
        items=Vocabulary(f"i{i}" for i in range(6)),
        user_indices=users.astype(np.int32),
        item_indices=np.array(rows, np.int32),
        timestamps=np.arange(len(rows), dtype=np.int64),
        event_types=np.full(len(rows), -1, np.int16),
        event_values=np.full(len(rows), np.nan, np.float32),
        item_features=Features(categories={"GENRE": column}),
    )


def fitted(**parameters):
    return SimilarItems(**parameters).fit(pairs_of_steps(), seed=0, progress=silent)


def scores(model, item):
    return model.score([Query(item_index=item)])[0]


def test_what_is_met_together_comes_first():
    model = fitted()
    assert [int(scores(model, item).argmax()) for item in range(4)] == [1, 0, 3, 2]


def test_a_cold_item_is_compared_by_metadata_though_it_was_met_elsewhere():
    """Item 4 was met with item 0, but it is of the genre of items 2 and 3."""
    order = np.argsort(-scores(fitted(), 4), kind="stable")
    assert set(order[:2].tolist()) == {2, 3}


def test_an_item_of_which_nothing_is_known_has_popular_neighbours():
    order = np.argsort(-scores(fitted(), 5), kind="stable")
    assert order[:2].tolist() == [0, 1]


def test_the_item_itself_is_last():
    model = fitted()
    assert all(scores(model, item).argmin() == item for item in range(6))


def test_scores_are_the_formula():
    model = replace(fitted(), trust=Trust(7.0, 3.0, 2.0, 0.4))
    item, n = 0, len(model.items)
    counts = np.zeros(n)
    span = slice(model.offsets[item], model.offsets[item + 1])
    counts[model.followers[span]] = model.counts[span]
    factors = np.maximum(model.left[item] @ model.right.T, 0)
    share = np.maximum(model.popularity, FEWEST_INTERACTIONS)
    share = share / share.sum()
    like = share * np.exp(2.0 * (model.traits @ model.traits[item] - 1))
    mixed = counts + 7 * factors / factors.sum() + 3 * like / like.sum()
    expected = mixed / (counts.sum() + 10) / share**0.4
    expected[item] = -1
    assert scores(model, item) == pytest.approx(expected, rel=1e-4)


def test_a_history_is_answered_by_its_newest_items():
    data, model = pairs_of_steps(), fitted()
    history = data.history(0, 2)
    expected = 0.5**0.5 * scores(model, 0) + scores(model, 1)
    given = model.score([Query(history)])[0]
    assert given[2:] == pytest.approx(expected[2:], rel=1e-4)


def test_without_item_and_history_popularity_answers():
    assert fitted().score([Query()])[0].tolist() == fitted().popularity.tolist()


def test_factors_of_all_directions_give_the_counts_back():
    table = np.random.default_rng(0).random((12, 12)).astype(np.float32)
    left, right = step_factors(sparse.csr_array(table), 12, np.random.default_rng(0))
    assert left @ right.T == pytest.approx(table, abs=1e-3)


def test_factors_are_the_same_from_full_and_sparse_tables(monkeypatch):
    table = sparse.random_array((40, 40), density=0.1, rng=np.random.default_rng(0))
    full = step_factors(sparse.csr_array(table), 5, np.random.default_rng(0))
    monkeypatch.setattr("penchant.recipes.similar_items._MOST_DENSE", 0)
    thin = step_factors(sparse.csr_array(table), 5, np.random.default_rng(0))
    assert full[0] @ full[1].T == pytest.approx(thin[0] @ thin[1].T, abs=1e-4)
