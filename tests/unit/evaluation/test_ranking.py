import numpy as np
import pytest

from penchant.data.queries import History, Query
from penchant.evaluation import ranking
from penchant.evaluation.ranking import lists_of, rank, rank_both


class Table:
    """Scores by user index from a table, remembering the sizes of batches."""

    def __init__(self, scores):
        self.scores = np.asarray(scores, np.float32)
        self.batches = []

    def score(self, queries):
        self.batches.append(len(queries))
        return self.scores[[query.user_index for query in queries]]


def asking(n, seen=()):
    items = np.array(seen, np.int32)
    empty = History.empty()
    history = History(items, items.astype(np.int64), empty.event_types, empty.event_values)
    return [Query(history, user_index=user) for user in range(n)]


def test_the_best_items_come_first():
    assert lists_of(np.array([[1, 9, 5, 7]], np.float32), 3).tolist() == [[1, 3, 2]]


def test_equal_scores_stand_in_the_order_of_their_indices():
    scores = np.array([[0, 5, 5, 9, 5, 5, 0], [1, 1, 1, 1, 1, 1, 1]], np.float32)
    assert lists_of(scores, 3).tolist() == [[3, 1, 2], [0, 1, 2]]


def test_lists_equal_a_full_sort_of_random_scores_with_ties():
    rng = np.random.default_rng(0)
    for n_items in (25, 101, 205, 1999):
        scores = rng.integers(0, 30, (50, n_items)).astype(np.float32)
        expected = np.argsort(-scores, axis=1, kind="stable")[:, :25]
        assert (lists_of(scores, 25) == expected).all()


def test_a_list_longer_than_the_catalogue_is_filled():
    assert lists_of(np.array([[1, 2]], np.float32), 4).tolist() == [[1, 0, -1, -1]]


def test_a_catalogue_without_items_gives_filler():
    assert lists_of(np.empty((2, 0), np.float32), 2).tolist() == [[-1, -1], [-1, -1]]


def test_seen_items_are_removed_on_request_only():
    scorer = Table([[9, 8, 7, 6]])
    assert rank(scorer, asking(1, seen=[0, 2, 0]), 3, remove_seen=False).tolist() == [[0, 1, 2]]
    assert rank(scorer, asking(1, seen=[0, 2, 0]), 3, remove_seen=True).tolist() == [[1, 3, -1]]


def test_removing_seen_items_leaves_the_scorers_array_alone():
    scores = np.array([[3, 2, 1]], np.float32)
    scores.setflags(write=False)

    class ReadOnly:
        def score(self, queries):
            return scores

    kept, removed = rank_both(ReadOnly(), asking(1, seen=[0]), 2).values()
    assert (kept.tolist(), removed.tolist()) == ([[0, 1]], [[1, 2]])


def test_batches_keep_to_the_memory_bound(monkeypatch):
    monkeypatch.setattr(ranking, "BATCH_BYTES", 12 * 4 * 10)
    scorer = Table(np.arange(100).reshape(25, 4))
    assert rank(scorer, asking(25), 1, remove_seen=False).tolist() == [[3]] * 25
    assert scorer.batches == [1, 10, 10, 4]


def test_no_query_gives_no_list():
    assert rank(Table([[1]]), [], 5, remove_seen=True).shape == (0, 5)


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="a score is NaN: the model is broken"):
        lists_of(np.array([[1, np.nan, 2]], np.float32), 2)
