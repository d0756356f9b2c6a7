"""Who teaches: users whose history is neither too short nor too long."""

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.percentiles import users_within, within_percentiles


def test_percentiles_are_taken_of_counts_above_zero():
    counts = np.array([0, 0, 1, 2, 3, 4, 5])
    assert within_percentiles(counts, 0, 1).tolist() == [False, False] + [True] * 5
    assert within_percentiles(counts, 0.25, 0.75).tolist() == [False] * 3 + [True] * 3 + [False]
    assert within_percentiles(np.array([0, 0]), 0, 1).tolist() == [False, False]


def histories(*lengths):
    n_rows = sum(lengths)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(len(lengths))),
        items=Vocabulary(["i"]),
        user_indices=np.repeat(np.arange(len(lengths), dtype=np.int32), lengths),
        item_indices=np.zeros(n_rows, np.int32),
        timestamps=np.arange(n_rows, dtype=np.int64),
        event_types=np.full(n_rows, -1, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
    )


def test_users_without_rows_are_never_among_them():
    assert users_within(histories(2, 0, 9), 0.0, 1.0).tolist() == [True, False, True]
    assert users_within(histories(2, 0, 9), 0.0, 0.5).tolist() == [True, False, False]


def test_percentiles_that_leave_nobody_are_told_with_their_values():
    with pytest.raises(ValueError, match=r"min_user_history_length_percentile=0.5 and.*widen them"):
        users_within(histories(2, 1), 0.5, 0.5)
