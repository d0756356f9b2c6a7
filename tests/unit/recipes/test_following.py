"""What follows what within histories."""

import numpy as np
import pytest
from scipy import sparse

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.following import BACKWARD, WINDOW, _best_backward, followers


def histories(*items, n_items=10):
    rows = np.concatenate([np.array(one, np.int32) for one in items])
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(len(items))),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(len(items), dtype=np.int32), [len(x) for x in items]),
        item_indices=rows,
        timestamps=np.arange(len(rows), dtype=np.int64),
        event_types=np.full(len(rows), -1, np.int16),
        event_values=np.full(len(rows), np.nan, np.float32),
    )


def counts_of(*items):
    return followers(histories(*items), np.random.default_rng(0)).toarray()


def test_a_step_counts_one_over_its_distance():
    counts = counts_of([0, 1, 2, 3])
    assert counts[0, 1:4] == pytest.approx([1, 1 / 2, 1 / 3])
    assert counts[1, 2:4] == pytest.approx([1, 1 / 2])


def test_events_further_apart_than_the_window_do_not_count():
    counts = counts_of([0, *[9] * WINDOW, 1])
    assert counts[0, 1] == 0
    assert counts[0, 9] > 0


def test_an_item_does_not_follow_itself():
    counts = counts_of([4, 4, 5, 4])
    assert counts.diagonal().tolist() == [0] * 10


def test_users_do_not_follow_one_another():
    assert counts_of([0, 1], [2, 3])[1, 2] == 0


def test_where_order_is_kept_a_step_back_counts_least():
    counts = counts_of(*[[start, start + 1, start + 2, start + 3] for start in (0, 3, 6)] * 10)
    assert counts[1, 0] == pytest.approx(BACKWARD[0] * counts[0, 1])


def test_a_step_back_counts_as_much_where_that_finds_more():
    """Item 1 came before item 0 three times; 30 others followed it twice each."""
    ahead = np.zeros((40, 40), np.float32)
    ahead[1, 0], ahead[0, 5:35] = 3, 2
    asked, wanted = np.zeros(4, np.int32), np.ones(4, np.int32)
    assert _best_backward(sparse.csr_array(ahead), asked, wanted) == 1.0


def test_a_user_of_many_events_counts_less_an_event():
    long, short = list(range(2, 10)) * 4, [0, 1]
    counts = counts_of(long, short)
    rows = histories(long, short)
    lengths = np.bincount(rows.user_indices)[rows.user_indices] ** -0.3
    assert counts[0, 1] == pytest.approx(2**-0.3 / lengths.mean(), rel=1e-5)
    assert counts[0, 1] > 1


def test_no_rows_give_no_counts():
    empty = histories([0, 1]).subset(np.zeros(2, np.bool_))
    assert followers(empty, np.random.default_rng(0)).nnz == 0
