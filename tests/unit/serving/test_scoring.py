import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.serving.scoring import shares, top_k


def straightforward(scores, k):
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    return [place for place in order if scores[place] > -np.inf][:k]


@given(
    st.lists(st.sampled_from([-np.inf, -3.0, -1.0, 0.0, 0.5, 2.0, 7.0]), max_size=200),
    st.integers(0, 60),
)
@settings(max_examples=200, deadline=None)
def test_top_k_sorts_with_ties_in_order_and_leaves_minus_infinity_out(values, k):
    scores = np.array(values, np.float32)
    assert top_k(scores, k).tolist() == straightforward(scores, k)


@pytest.mark.parametrize("n", [1, 24, 25, 26, 99, 100, 201, 1_000, 9_999, 40_001])
@pytest.mark.parametrize("k", [0, 1, 25, 500])
def test_top_k_agrees_with_sorting_for_every_size(n, k):
    scores = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    assert top_k(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()


def test_top_k_finds_the_highest_where_they_lie_side_by_side():
    scores = np.zeros(10_000, np.float32)
    scores[5_000:5_040] = np.arange(40)
    assert top_k(scores, 25).tolist() == list(range(5_039, 5_014, -1))


def test_top_k_finds_the_highest_in_the_places_after_the_last_full_group():
    scores = np.arange(10_007, dtype=np.float32)
    assert top_k(scores, 3).tolist() == [10_006, 10_005, 10_004]


def test_top_k_of_equal_scores_is_the_first_places():
    assert top_k(np.full(10_000, 1.5, np.float32), 25).tolist() == list(range(25))


def test_a_shorter_answer_is_the_beginning_of_a_longer_one():
    scores = np.random.default_rng(0).integers(0, 9, 3_000).astype(np.float32)
    assert top_k(scores, 10).tolist() == top_k(scores, 500).tolist()[:10]


def test_top_k_of_nothing_is_nothing():
    assert top_k(np.empty(0, np.float32), 25).tolist() == []


def test_shares_of_the_whole_catalogue_add_up_to_one():
    scores = np.random.default_rng(0).standard_normal(1_000).astype(np.float32)
    assert shares(scores, np.arange(1_000)).sum() == pytest.approx(1, abs=1e-8)


def test_shares_are_the_softmax_by_its_formula():
    scores = np.array([0.0, 1.0, 2.0], np.float32)
    expected = np.exp([2.0, 0.0]) / (1 + np.e + np.e**2)
    assert shares(scores, np.array([2, 0])) == pytest.approx(expected)


def test_shares_survive_scores_that_overflow_the_exponential():
    scores = np.array([1e4, 1e4, -1e30], np.float32)
    assert shares(scores, np.arange(3)).tolist() == [0.5, 0.5, 0.0]


def test_shares_are_as_exact_as_they_are_printed():
    scores = (4 * np.random.default_rng(0).standard_normal(10_000)).astype(np.float32)
    powers = np.exp(scores.astype(np.float64) - scores.max())
    wanted = powers / powers.sum()
    assert np.abs(shares(scores, np.arange(10_000)) - wanted).max() < 1e-8
