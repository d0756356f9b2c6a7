import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.trends import MOMENTS, trend_prediction_accuracy

HOUR, N_ITEMS = 3_600, 60
START = 1_700_000_000 // HOUR * HOUR


class Fixed:
    """Lists the same items whatever is known; counts how often it was asked and what it knew."""

    def __init__(self, items):
        self.items, self.known = items, []

    def __call__(self, training_set):
        self.known.append(int(training_set.timestamps.max()))
        return self

    def score(self, queries):
        scores = np.full((len(queries), N_ITEMS), -np.inf, np.float32)
        scores[:, self.items] = 1
        return scores


def hourly(counts):
    """A training set of `counts` (n_hours, n_items) interactions, each hour's in its middle."""
    hours, items = np.nonzero(counts)
    n = counts[hours, items]
    items, hours = np.repeat(items, n), np.repeat(hours, n)
    return TrainingSet(
        users=Vocabulary(["u"]),
        items=Vocabulary(map(str, range(counts.shape[1]))),
        user_indices=np.zeros(len(items), np.int32),
        item_indices=items.astype(np.int32),
        timestamps=START + hours * HOUR,
        event_types=np.full(len(items), -1, np.int16),
        event_values=np.full(len(items), np.nan, np.float32),
    )


def leap():
    """Items 0 to 24 leap in the last of 16 hours, the lower the number the more."""
    counts = np.full((16, N_ITEMS), 4)
    counts[15, :25] += np.arange(65, 40, -1)
    return hourly(counts)


def accuracy(items, data):
    return trend_prediction_accuracy({"it": Fixed(items)}, data, HOUR)["it"]


def test_the_true_25_have_the_accuracy_1_and_others_their_share():
    assert accuracy(np.arange(25), leap()) == pytest.approx(1, abs=1e-2)
    assert 0.2 < accuracy(np.arange(10, 35), leap()) < 0.8
    assert accuracy(np.arange(30, 55), leap()) == 0


def test_accuracy_is_the_ratio_of_increases_beyond_the_usual():
    data = leap()
    newest = 4 + np.r_[np.arange(65, 40, -1), np.zeros(35)]
    usual = 52 * (newest.sum() + 1) / (52 * N_ITEMS + 1)
    increase = newest - usual
    listed = [0, 3, 40]
    by_hand = increase[listed].sum() / np.sort(increase)[-25:].clip(0).sum()
    assert accuracy(listed, data) == pytest.approx(by_hand, rel=1e-2)


def test_a_list_is_made_of_what_was_known_at_its_moment():
    list_of = Fixed([0])
    data = hourly(np.full((40, N_ITEMS), 2))
    trend_prediction_accuracy({"it": list_of}, data, HOUR)
    assert list_of.known == [START + hour * HOUR for hour in range(38, 38 - MOMENTS, -1)]


def test_windows_without_interactions_on_both_sides_are_passed_over():
    counts = np.zeros((40, N_ITEMS), int)
    counts[[3, 5, 6, 20, 39]] = 3
    list_of = Fixed([0])
    trend_prediction_accuracy({"it": list_of}, hourly(counts), HOUR)
    assert list_of.known == [START + 5 * HOUR]


def test_without_any_moment_it_is_0():
    counts = np.zeros((3, N_ITEMS), int)
    counts[[0, 2]] = 1
    assert accuracy([0], hourly(counts)) == 0
