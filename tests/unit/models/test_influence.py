"""Popularity and freshness beside nearness."""

import numpy as np
import pytest

from penchant.models.influence import Influence

NEARNESS = np.array([0.9, 0.8, 0.7, 0.1, -2.0], np.float32)
POPULARITY = np.array([0.0, 0.2, 1.0, 1.0, 1.0], np.float32)
FRESHNESS = np.array([0.0, 1.0, 0.5, 1.0, 1.0], np.float32)


def order(influence, n_candidates=3):
    scores = influence.ranked(NEARNESS, POPULARITY, FRESHNESS, n_candidates)
    return np.argsort(-scores, kind="stable").tolist()


def test_without_influence_nothing_changes():
    assert Influence().ranked(NEARNESS, POPULARITY, FRESHNESS, 3) is NEARNESS


def test_influence_moves_candidates_alone():
    assert order(Influence(popularity=1.0)) == [0, 2, 1, 3, 4]  # 1 + 0, .5 + .2, 0 + 1: a tie
    assert order(Influence(popularity=0.6, freshness=1.0))[0] == 1
    assert order(Influence(freshness=1.0)) == [1, 0, 2, 3, 4]


def test_a_little_influence_moves_little():
    assert order(Influence(popularity=0.1)) == [0, 1, 2, 3, 4]


def test_the_item_asked_for_is_no_candidate_and_stays_last():
    assert order(Influence(popularity=1.0), n_candidates=5)[-1] == 4


def test_both_add_up():
    spread = np.array([1.0, 0.5, 0.0]) + 0.5 * np.array([0, 0.2, 1]) + 0.8 * np.array([0, 1, 0.5])
    expected = np.argsort(-spread, kind="stable").tolist()
    assert order(Influence(popularity=0.5, freshness=0.8))[:3] == expected


def test_candidates_that_are_all_alike_stay_in_order():
    same = np.full(3, 0.5, np.float32)
    assert np.argsort(-Influence(1, 1).ranked(same, same, same, 3), kind="stable").tolist() == [
        0,
        1,
        2,
    ]


def test_what_is_left_out_counts_nothing():
    assert Influence.read({}) == Influence.read({"rankingInfluence": {}}) == Influence(0.0, 0.0)
    assert Influence.read({"rankingInfluence": {"FRESHNESS": 1}}) == Influence(0.0, 1.0)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"PRICE": 0.5}, "has no 'PRICE'; there are POPULARITY and FRESHNESS"),
        ({"POPULARITY": 1.5}, "POPULARITY is 1.5; take 0 to 1"),
        ({"FRESHNESS": float("nan")}, "FRESHNESS is nan; take 0 to 1"),
    ],
)
def test_odd_influence_is_refused_by_name(given, told):
    with pytest.raises(ValueError, match=told):
        Influence.read({"rankingInfluence": given})
