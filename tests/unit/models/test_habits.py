import numpy as np
import pytest

from penchant.data.queries import History
from penchant.models.habits import N_CODES, N_COLUMNS, habit_codes, habits_of, nth_times


def history(items, timestamps):
    n = len(items)
    return History(
        np.array(items, np.int32),
        np.array(timestamps, np.int64),
        np.full(n, -1, np.int16),
        np.full(n, np.nan, np.float32),
    )


def test_codes_are_powers_of_two_of_each_column_side_by_side():
    counts, ages_s, events = np.array([1, 2, 3, 4, 5]), np.array([0, 1, 2, 3, 4]), np.arange(1, 6)
    codes = habit_codes(counts, ages_s, events)
    assert codes[:, 0].tolist() == [0, 1, 2, 2, 3]
    assert (codes[:, 1] - codes[0, 1]).tolist() == [0, 1, 2, 2, 3]
    assert (codes[:, 2] - codes[0, 2]).tolist() == [0, 1, 1, 2, 2]


@pytest.mark.parametrize("huge", [0, 1, 10**6, 10**12])
def test_codes_stay_within_their_table(huge):
    codes = habit_codes(*(np.array([max(least, huge)]) for least in (1, -5, 1)))
    assert codes.shape == (1, N_COLUMNS)
    assert codes.min() >= 0
    assert codes.max() < N_CODES
    assert len(set(codes[0].tolist())) == N_COLUMNS


def test_times_are_counted_by_user_and_item_in_the_order_of_rows():
    users = np.array([0, 0, 0, 0, 1, 1], np.int32)
    items = np.array([3, 5, 3, 3, 3, 5], np.int32)
    assert nth_times(users, items).tolist() == [1, 1, 2, 3, 1, 1]


def test_a_history_tells_every_item_once_by_its_newest_event():
    items, codes = habits_of(history([7, 2, 7, 4], [0, 10, 100, 101]), asked_at=102)
    expected = habit_codes(np.array([1, 1, 2]), np.array([92, 1, 2]), np.array([3, 1, 2]))
    assert items.tolist() == [2, 4, 7]
    assert codes.tolist() == expected.tolist()
