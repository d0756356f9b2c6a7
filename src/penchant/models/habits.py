"""How often and how long ago a user had an item, as codes.

Whether people come back to an item depends on both, and on whether they are asked in the middle of
a session or after a pause: nobody buys twice within a basket what they buy again every month.
"""

from typing import Final

import numpy as np

from penchant.data.queries import History
from penchant.data.training_set import Int32s, Int64s
from penchant.models.marks import magnitude

N_COLUMNS: Final = 3
_N_COUNTS: Final = 8
_N_AGES: Final = 34
_N_EVENTS: Final = 10
N_CODES: Final = _N_COUNTS + _N_AGES + _N_EVENTS


def habit_codes(counts: Int64s, ages_s: Int64s, events_since: Int64s) -> Int64s:
    """Codes of (user, item) pairs, shape (n, N_COLUMNS), each below `N_CODES`.

    Args:
        counts: How often the user had the item, from 1, (n,).
        ages_s: Seconds since the last time (n,).
        events_since: Events of the user since then (n,).
    """
    codes = np.empty((len(counts), N_COLUMNS), np.int64)
    codes[:, 0] = magnitude(counts - 1, _N_COUNTS - 1)
    codes[:, 1] = _N_COUNTS + magnitude(np.maximum(ages_s, 0), _N_AGES - 1)
    codes[:, 2] = _N_COUNTS + _N_AGES + magnitude(events_since, _N_EVENTS - 1)
    return codes


def nth_times(users: Int32s, items: Int32s) -> Int64s:
    """For every row, how often its user had its item up to then, itself counted, (n,).

    `users` and `items` are those of rows that stand in the order of time for every user (n,).
    """
    order = np.lexsort((items, users))
    changes = (np.diff(users[order]) != 0) | (np.diff(items[order]) != 0)
    begins = np.concatenate([[0], np.flatnonzero(changes) + 1])
    lengths = np.diff(np.append(begins, len(items)))
    counts = np.empty(len(items), np.int64)
    counts[order] = np.arange(len(items)) - np.repeat(begins, lengths) + 1
    return counts


def habits_of(history: History, asked_at: int) -> tuple[Int32s, Int64s]:
    """The distinct items of a history, (n,), and their codes at a moment, (n, N_COLUMNS)."""
    length = len(history)
    items, places, counts = np.unique(history.items[::-1], return_index=True, return_counts=True)
    ages_s = asked_at - history.timestamps[length - 1 - places]
    return items, habit_codes(counts, ages_s, places + 1)
