from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import History, Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes import sims
from penchant.recipes.baselines import ITEM_ITEM, fit_baselines
from penchant.recipes.contract import silent
from penchant.recipes.sims import Sims


def interactions(baskets, n_items):
    """One user per basket of item indices, in order of time."""
    sizes = [len(basket) for basket in baskets]
    items = np.concatenate([np.array(basket, np.int32) for basket in baskets])
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(len(baskets))),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(len(baskets), dtype=np.int32), sizes),
        item_indices=items,
        timestamps=np.arange(len(items), dtype=np.int64),
        event_types=np.full(len(items), -1, np.int16),
        event_values=np.full(len(items), np.nan, np.float32),
    )


def random_baskets(n_users=60, n_items=25, seed=0):
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, n_items + 1)
    weights /= weights.sum()
    return [rng.choice(n_items, rng.integers(2, 12), p=weights) for _ in range(n_users)]


def fit(baskets, n_items, **changes):
    return replace(ITEM_ITEM, **changes).fit(
        interactions(baskets, n_items), seed=0, progress=silent
    )


def neighbours(model, item):
    found = slice(model.offsets[item], model.offsets[item + 1])
    return dict(
        zip(model.neighbours[found].tolist(), model.similarities[found].tolist(), strict=True)
    )


def related(model, item):
    return np.argsort(-model.score([Query(item_index=item)])[0], kind="stable").tolist()


def history_of(*items):
    n = len(items)
    return History(
        np.array(items, np.int32),
        np.arange(n, dtype=np.int64),
        np.full(n, -1, np.int16),
        np.full(n, np.nan, np.float32),
    )


@pytest.mark.parametrize("discount", [0.0, 0.3, 0.5, 1.0])
def test_similarities_equal_the_formula_counted_by_hand(discount):
    baskets = [set(basket.tolist()) for basket in random_baskets()]
    model = fit([sorted(b) for b in baskets], 25, popularity_discount_factor=discount)
    n = [sum(i in b for b in baskets) for i in range(25)]
    for i in range(25):
        expected = {
            j: sum(i in b and j in b for b in baskets) / (n[i] ** (1 - discount) * n[j] ** discount)
            for j in range(25)
            if i != j and any(i in b and j in b for b in baskets)
        }
        assert neighbours(model, i) == pytest.approx(expected, rel=1e-5)


def test_blocks_of_any_size_count_the_same(monkeypatch):
    whole = fit(random_baskets(), 25)
    monkeypatch.setattr(sims, "_BLOCK_PAIRS", 30)
    parts = fit(random_baskets(), 25)
    assert (whole.neighbours == parts.neighbours).all()
    assert (whole.similarities == parts.similarities).all()


def test_a_user_counts_once_for_a_pair_however_often_it_comes_back():
    model = fit([[0, 1, 0, 1, 0, 1], [0, 2]], 3, popularity_discount_factor=0.0)
    assert neighbours(model, 0) == {1: 0.5, 2: 0.5}


def test_discount_trades_popular_neighbours_for_close_ones():
    baskets = [[0, 1, 2]] * 3 + [[0, 1]] * 3 + [[1]] * 60  # item 1 is everywhere, 2 only with 0
    assert related(fit(baskets, 3, popularity_discount_factor=0.0), 0)[0] == 1
    assert related(fit(baskets, 3, popularity_discount_factor=1.0), 0)[0] == 2


def test_pairs_with_too_few_users_in_common_are_no_neighbours():
    baskets = [[0, 1]] * 3 + [[0, 2]] * 2
    assert set(neighbours(fit(baskets, 3, min_cointeraction_count=3), 0)) == {1}
    assert set(neighbours(fit(baskets, 3, min_cointeraction_count=0), 0)) == {1, 2}


def test_users_with_long_and_short_histories_are_left_out():
    baskets = [[0]] + [[1, 2]] * 8 + [[0, 1, 2, 3, 4]]
    shorter = fit(baskets, 5, max_user_history_length_percentile=0.8)
    assert neighbours(shorter, 0) == {}
    assert neighbours(fit(baskets, 5), 0) != {}
    longer = fit(baskets, 5, min_user_history_length_percentile=0.95)
    assert neighbours(longer, 1) == pytest.approx(dict.fromkeys((0, 2, 3, 4), 1.0))


def test_popular_and_rare_items_are_left_out():
    baskets = [[0, 1, 2], *[[0, 1]] * 5, *[[0, 3]] * 3]  # counts 9, 6, 1, 3
    assert set(neighbours(fit(baskets, 4), 1)) == {0, 2}
    most = fit(baskets, 4, max_item_interaction_count_percentile=0.9)
    assert set(neighbours(most, 1)) == {2}
    assert neighbours(most, 0) == {}
    least = fit(baskets, 4, min_item_interaction_count_percentile=0.1)
    assert set(neighbours(least, 1)) == {0}


def test_at_most_the_longest_list_of_neighbours_is_kept(monkeypatch):
    monkeypatch.setattr(sims, "MOST_NEIGHBOURS", 4)
    few = fit(random_baskets(), 25)
    monkeypatch.undo()
    all_of_them = fit(random_baskets(), 25)
    for item in range(25):
        best = list(neighbours(all_of_them, item).items())[:4]
        assert list(neighbours(few, item).items()) == best


def test_neighbours_come_first_then_popular_items_and_the_item_itself_last():
    model = fit([[0, 1]] + [[2, 3]] * 3 + [[3]], 5)
    assert related(model, 0) == [1, 3, 2, 4, 0]


def test_an_unknown_or_thin_item_gives_popular_items():
    model = fit([[0, 1]] + [[2, 3]] * 3 + [[3]], 5)
    assert related(model, 4) == [3, 2, 0, 1, 4]
    assert related(model, -1) == [3, 2, 0, 1, 4]


def test_a_history_is_answered_by_the_decaying_sum_of_similarities():
    model = fit(random_baskets(), 25)
    scores = model.score([Query(history_of(3, 7, 7))])[0]
    dense = np.zeros((25, 25))
    for item in range(25):
        for other, value in neighbours(model, item).items():
            dense[item, other] = value
    weights = 2.0 ** (-np.array([2, 1, 0]) / 5)
    expected = weights @ dense[[3, 7, 7]]
    assert scores[expected > 0] == pytest.approx(expected[expected > 0], rel=1e-5)
    assert (scores[expected == 0] < 0).all()


def test_newer_events_weigh_more():
    model = fit([[0, 2], [1, 3], [0, 4], [1, 4]], 5)
    first = model.score([Query(history_of(0, 1)), Query(history_of(1, 0))])
    assert first[0, 3] > first[0, 2]
    assert first[1, 2] > first[1, 3]


def test_percentiles_that_leave_nobody_give_popular_items():
    between = {
        "min_user_history_length_percentile": 0.5,
        "max_user_history_length_percentile": 0.5,
    }
    model = fit([[0, 1], [0]], 3, **between)
    assert len(model.neighbours) == 0
    assert related(model, 2) == [0, 1, 2]


def test_defaults_are_the_catalogues():
    assert Sims.from_parameters({}, {}) == Sims()


def test_baselines_come_under_their_names():
    models = fit_baselines(interactions(random_baskets(), 25), seed=0)
    assert list(models) == ["popularity", "recent popularity", "item-item"]
