import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.data.top_k import top_k


def straightforward(scores, k):
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    return [place for place in order if scores[place] > -np.inf][:k]


@given(
    st.lists(st.sampled_from([-np.inf, -3.0, -1.0, 0.0, 0.5, 2.0, 7.0]), max_size=200),
    st.integers(0, 60),
)
@settings(max_examples=200, deadline=None)
def test_ties_stand_in_order_and_minus_infinity_is_left_out(values, k):
    scores = np.array(values, np.float32)
    assert top_k(scores, k).tolist() == straightforward(scores, k)


@pytest.mark.parametrize("n", [1, 24, 25, 26, 99, 100, 201, 1_000, 9_999, 40_001])
@pytest.mark.parametrize("k", [0, 1, 25, 500])
def test_it_agrees_with_sorting_for_every_size(n, k):
    scores = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    assert top_k(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()


def test_the_highest_are_found_where_they_lie_side_by_side():
    scores = np.zeros(10_000, np.float32)
    scores[5_000:5_040] = np.arange(40)
    assert top_k(scores, 25).tolist() == list(range(5_039, 5_014, -1))


def test_the_highest_are_found_in_the_places_after_the_last_full_group():
    assert top_k(np.arange(10_007, dtype=np.float32), 3).tolist() == [10_006, 10_005, 10_004]
