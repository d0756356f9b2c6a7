import numpy as np
import pytest

from penchant.data.queries import History, Query
from penchant.models.transformer_shape import (
    LATER,
    N_DISTANCES,
    N_GAPS,
    NOW,
    Moment,
    Shape,
    distance_codes,
    gap_codes,
)

SHAPE = Shape(
    n_steps=3, n_blocks=1, n_heads=1, max_history=6, decays=(0.5, 1.0), value_edges=(2.0,)
)


def asked(timestamp):
    ended = History(*(np.array([value]) for value in (3, 1000, -1, np.nan)))
    return Query(ended, timestamp=timestamp)


@pytest.mark.parametrize(
    ("timestamp", "asked_at", "question"),
    [(0, 1001, NOW), (900, 900, NOW), (4600, 4600, NOW), (4601, 4601, LATER)],
)
def test_an_hour_after_the_newest_event_the_question_is_another(timestamp, asked_at, question):
    moment = Moment.of(asked(timestamp))
    assert (moment.asked_at, moment.question) == (asked_at, question)


def test_without_a_history_a_session_begins():
    assert Moment.of(Query(timestamp=10**9)) == Moment(10**9, 0)


def test_gaps_are_powers_of_two_beyond_a_session():
    codes = gap_codes(np.array([-5, 0, 3600, 3601, 4096, 10**12]))
    assert codes.tolist() == [0, 0, 0, 12, 13, N_GAPS - 1]


def test_distances_are_powers_of_two_back_in_time_only():
    codes = distance_codes(np.array([[0, 1, 4]]))
    assert codes[0].tolist() == [[0, 0, 0], [1, 0, 0], [3, 2, 0]]
    assert distance_codes(np.array([[0, 10**12]])).max() == N_DISTANCES - 1


def test_steps_see_themselves_and_what_was_before_them():
    root = np.sqrt([1, 2, 3])
    expected = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]]) / root[:, None]
    np.testing.assert_allclose(SHAPE.seen(), expected, rtol=1e-6)
    assert SHAPE.ages().tolist() == [[0, 0, 0], [1, 0, 0], [2, 1, 0]]


def test_weights_fall_by_the_decay_per_event():
    assert SHAPE.weights()[0].tolist() == [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]
    assert SHAPE.weights()[1].tolist() == [1] * 6
