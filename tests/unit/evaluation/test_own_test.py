import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.own_test import own_test, rows_after


def training_set(*rows):
    """Rows of (user, item, time) in order of arrival."""
    users = Vocabulary(sorted({user for user, _, _ in rows}))
    items = Vocabulary(sorted({item for _, item, _ in rows}))
    kept = sorted(rows, key=lambda row: (row[0], row[2]))
    return TrainingSet(
        users,
        items,
        users.indices([user for user, _, _ in kept]),
        items.indices([item for _, item, _ in kept]),
        np.array([time for _, _, time in kept], np.int64),
        np.full(len(kept), -1, np.int16),
        np.full(len(kept), np.nan, np.float32),
    )


TRAIN = (("u", "a", 1), ("u", "b", 2), ("v", "a", 5))
TEST = (("u", "c", 9), ("u", "d", 12), ("v", "b", 5), ("w", "a", 7))


def split():
    whole = training_set(*TRAIN, *TEST)
    return own_test(whole, rows_after(whole, training_set(*TRAIN)))


def test_the_rows_of_the_test_are_found_and_the_others_learned_from():
    made = split()

    ids = made.train.items.ids
    assert [ids[item] for item in made.train.item_indices] == ["a", "b", "a"]
    assert made.compared.n_rows == len(TEST)
    assert [[ids[item] for item in items] for items in made.relevant] == [["c", "d"], ["b"], ["a"]]


def test_rows_of_one_time_are_told_apart_by_their_arrival():
    whole = training_set(("v", "a", 5), ("v", "b", 5), ("v", "c", 5))

    assert rows_after(whole, training_set(("v", "a", 5), ("v", "b", 5))).tolist() == [
        False,
        False,
        True,
    ]


def test_users_are_asked_at_the_moment_of_their_first_row_unless_it_is_not_later():
    made = split()

    assert [query.timestamp for query in made.queries] == [9, 0, 7]
    assert [len(query.history) for query in made.queries] == [2, 1, 0]
    assert made.tie_share == pytest.approx(1 / 3)


def test_a_test_without_rows_of_its_own_is_refused():
    whole = training_set(*TRAIN)

    with pytest.raises(ValueError, match="no test row is left"):
        own_test(whole, rows_after(whole, whole))


def test_a_test_of_all_rows_is_refused():
    whole = training_set(*TRAIN)

    with pytest.raises(ValueError, match="no row is left to learn from"):
        own_test(whole, np.ones(whole.n_rows, np.bool_))
