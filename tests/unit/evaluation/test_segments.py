import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.segments import MOST_QUESTIONS, segment_metrics, segment_split


def training_set(rows, *, n_users=4, n_items=5):
    """Rows (user, item, time), sorted by user and time."""
    users, items, times = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=users.astype(np.int32),
        item_indices=items.astype(np.int32),
        timestamps=times.astype(np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
    )


def group(*items):
    return np.array(items, np.int32)


def held_out(rows):
    compared = segment_split(training_set(rows), 0).compared
    return list(zip(compared.user_indices.tolist(), compared.timestamps.tolist(), strict=True))


def test_the_newest_fifth_of_every_users_rows_is_held_out():
    rows = [(0, 0, time) for time in range(10)] + [(2, 1, time) for time in range(5, 8)]
    assert held_out(rows) == [(0, 8), (0, 9), (2, 7)]
    split = segment_split(training_set(rows), 0)
    assert split.train.n_rows + split.compared.n_rows == len(rows)
    assert split.train.users.digest == training_set(rows).users.digest


def test_a_users_only_row_is_learned_from():
    assert held_out([(0, 0, 3), (1, 0, 3), (1, 0, 4)]) == [(1, 4)]


def test_rows_of_one_time_stay_together():
    assert held_out([(0, 0, 1), (0, 1, 2), (0, 2, 2), (0, 3, 2)]) == [(0, 2), (0, 2), (0, 2)]
    assert held_out([(0, 0, 1), (0, 1, 1)]) == []
    assert held_out([(0, 0, 1), (0, 1, 1), (0, 1, 2)]) == [(0, 2)]


def test_asked_are_the_groups_that_somebody_came_to_and_these_users():
    rows = [
        *[(0, 0, 1), (0, 1, 2)],
        *[(1, 0, 1), (1, 2, 2)],
        *[(2, 0, 1), (2, 1, 2)],
    ]
    split = segment_split(training_set(rows), 0)
    asked = split.asked([group(0), group(1), group(1, 2), group(4)])
    assert [items.tolist() for items, _ in asked] == [[1], [1, 2]]
    assert [users.tolist() for _, users in asked] == [[0, 2], [0, 1, 2]]


def test_of_very_many_groups_the_seed_chooses():
    n = MOST_QUESTIONS + 50
    data = training_set(
        [(u, item, time) for u in range(n) for time, item in enumerate([0, u])],
        n_users=n,
        n_items=n,
    )
    groups = [group(item) for item in range(n)]
    first, again, other = (segment_split(data, seed).asked(groups) for seed in (1, 1, 2))
    assert len(first) == MOST_QUESTIONS
    assert [one[0].tolist() for one in first] == [one[0].tolist() for one in again]
    assert [one[0].tolist() for one in first] != [one[0].tolist() for one in other]


def test_summary_and_test_rows_tell_what_was_held_out():
    split = segment_split(training_set([(0, 0, 1), (0, 1, 2), (1, 1, 1), (1, 2, 2)]), 0)
    assert split.summary() == {
        "trainingInteractions": 2, "testUsers": 2, "comparedInteractions": 2,
    }  # fmt: skip
    rows = {name: values.tolist() for name, values in split.test_rows().items()}
    assert (rows["users"], rows["items"]) == ([0, 1], [1, 2])


def test_hits_recall_and_coverage_are_those_of_the_best_hundredth():
    """250 users: segments of 3. The first finds 2 of 4 right users, the second 0 of 1."""
    scores = {0: np.zeros(250), 1: np.zeros(250)}
    scores[0][[7, 8, 9]] = [3, 2, 1]
    scores[1][[9, 10, 11]] = 1
    asked = [(group(0), group(7, 9, 100, 200)), (group(1), group(5))]
    metrics = segment_metrics(lambda items: scores[items[0]].astype(np.float32), asked, 250)
    assert metrics == pytest.approx(
        {"coverage": 5 / 250, "hits_at_1_percent": 1.0, "recall_at_1_percent": 0.25}
    )


def test_nothing_to_compare_with_says_what_to_do():
    with pytest.raises(ValueError, match="among the newest of its users: import more"):
        segment_metrics(lambda items: np.zeros(3, np.float32), [], 3)
