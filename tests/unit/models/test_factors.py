import numpy as np
import pytest

from penchant.data.queries import History, Query
from penchant.data.vocabulary import Vocabulary
from penchant.models.factors import FactorsModel

VECTORS = np.array([[1, 0], [0, 1], [0, 0], [0.6, 0.8]], np.float32)


def model(users=((0.5, 0.0),), bias=(0.0, 0.0, 0.0, 0.0)):
    return FactorsModel(
        Vocabulary("abcd"),
        (),
        vectors=VECTORS,
        known=np.array([True, True, False, True]),
        bias=np.array(bias, np.float32),
        popularity=np.array([1, 2, 3, 4], np.float32),
        user_vectors=np.array(users, np.float32).reshape(-1, 2),
        learned_until=np.full(max(1, len(users)), 100, np.int64),
    )


def history(*items, at=200):
    n = len(items)
    return History(
        np.array(items, np.int32),
        np.full(n, at, np.int64),
        np.full(n, -1, np.int16),
        np.full(n, np.nan, np.float32),
    )


def test_a_known_users_scores_are_products():
    scores = model().score([Query(history(1, at=50), user_index=0)])[0]
    assert scores[[0, 1, 3]] == pytest.approx([0.5, 0, 0.3])


def test_an_item_without_a_vector_comes_last():
    assert model().score([Query(user_index=0)])[0].argmin() == 2


def test_events_since_the_training_turn_a_known_user():
    one, many = model().score([Query(history(*[1] * n), user_index=0) for n in (1, 20)])
    assert 0 < one[1] < many[1]
    assert one[0] > one[1]
    assert many[1] > many[0]


def test_an_unknown_user_is_the_mean_of_the_newest_events():
    scores = model().score([Query(history(0, 1, 1, 1))])[0]
    assert scores[1] > scores[0] > 0


def test_nobody_is_the_mean_of_all_users():
    made = model(users=((1, 0), (0, 1), (0, 0)))
    assert made.score([Query()])[0][[0, 1]] == pytest.approx([0.5, 0.5])
    assert (made.score([Query(user_index=2)]) == made.score([Query()])).all()


def test_without_users_and_history_popularity_answers():
    assert np.argsort(-model(users=()).score([Query()])[0]).tolist() == [3, 2, 1, 0]


def test_biases_answer_where_nothing_else_is_known():
    scores = model(users=(), bias=(0.0, 5.0, 0.0, 1.0)).score([Query()])[0]
    assert np.argsort(-scores).tolist()[:2] == [1, 3]


def test_items_like_an_item_come_by_the_cosine_and_itself_last():
    scores = model().score([Query(item_index=0)])[0]
    assert np.argsort(-scores).tolist()[:2] == [3, 1]
    assert scores[3] == pytest.approx(0.6)
    assert scores[[0, 2]].max() < scores[1]


def test_an_item_without_a_vector_is_answered_like_nobody():
    made = model()
    assert (made.score([Query(item_index=2)]) == made.score([Query()])).all()


def test_events_on_items_without_a_vector_say_nothing():
    made = model()
    assert (made.score([Query(history(2))]) == made.score([Query()])).all()
