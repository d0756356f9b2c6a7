"""Moments at which a user could have been asked, and which actions the user took soon after."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.actions import DAY_S, TAKEN, VIEWED, ActionSet
from penchant.data.training_set import NO_TIME, Bools, Int32s, Int64s, TrainingSet

_VISITS_OF_A_USER: Final = 12


@dataclass(frozen=True)
class Moments:
    """Users at times; both arrays (n,)."""

    users: Int32s
    timestamps: Int64s

    def __len__(self) -> int:
        return len(self.users)

    def subset(self, keep: Bools) -> "Moments":
        """The moments where `keep` (n,) holds."""
        return Moments(self.users[keep], self.timestamps[keep])


def window_of(actions: ActionSet, period_days: float) -> int:
    """For how many seconds after a moment actions are counted: the period, if the data allow.

    At most half of the time that the interactions with actions span, so that there are moments
    all over the other half whose whole window is known.
    """
    if actions.n_rows == 0:
        return int(period_days * DAY_S)
    span = int(actions.timestamps.max() - actions.timestamps.min())
    return max(1, min(int(period_days * DAY_S), span // 2))


def moments_of(
    training_set: TrainingSet,
    actions: ActionSet,
    window_s: int,
    most: int,
    rng: np.random.Generator,
) -> Moments:
    """Draw at most `most` moments whose windows lie within the time that the actions span.

    Half of them are visits, at which the user has just had an item; the others are any times
    since the user's first event. None is chosen for what was done about actions then, since that
    would foretell what is to be learned.
    """
    if actions.n_rows == 0 or most < 1:
        return Moments(np.empty(0, np.int32), np.empty(0, np.int64))
    start = int(actions.timestamps.min()) - 1
    stop = max(start, int(actions.timestamps.max()) - window_s)
    visits = _visits(training_set, start, stop, most - most // 2, rng)
    times = _any_times(training_set, actions, (start, stop), most - len(visits), rng)
    return Moments(
        np.concatenate([visits.users, times.users]),
        np.concatenate([visits.timestamps, times.timestamps]),
    )


def taken_within(actions: ActionSet, moments: Moments, window_s: int) -> Bools:
    """Which actions are taken in the window after each moment, (n, n_actions)."""
    rows = actions.subset(actions.event_types == TAKEN)
    until = moments.timestamps + window_s
    places, found = rows_between(rows, moments.users, moments.timestamps, until)
    taken = np.zeros((len(moments), actions.n_actions), np.bool_)
    taken[places, rows.action_indices[found]] = True
    return taken


def countable(actions: ActionSet, moments: Moments) -> Bools:
    """Which actions could have been recommended and taken at each moment, (n, n_actions).

    An action counts from its first interaction with anybody: what nobody was ever shown teaches
    nothing. It does not count once expired, nor while its repetition is to wait.
    """
    first_at = actions.first_at()
    times = moments.timestamps[:, None]
    there = (first_at != NO_TIME) & (times >= np.maximum(first_at, actions.created_at) - 1)
    there &= (actions.expires_at == NO_TIME) | (times < actions.expires_at)
    return np.asarray(there & ~_waiting(actions, moments))


def _waiting(actions: ActionSet, moments: Moments) -> Bools:
    waiting = np.zeros((len(moments), actions.n_actions), np.bool_)
    longest_s = int(actions.repeat_days.max(initial=0)) * DAY_S
    if longest_s <= 0:
        return waiting
    decided = actions.subset(actions.event_types != VIEWED)
    since = moments.timestamps - longest_s
    places, found = rows_between(decided, moments.users, since, moments.timestamps)
    which = decided.action_indices[found]
    ages_s = moments.timestamps[places] - decided.timestamps[found]
    held = ages_s < actions.repeat_days[which] * DAY_S
    waiting[places[held], which[held]] = True
    return waiting


def rows_between(
    rows: ActionSet | TrainingSet, users: Int32s, after: Int64s, until: Int64s
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows of users in times `after < t <= until`, oldest first.

    Args:
        rows: Sorted by user, then time.
        users: (n,), as the next two.
        after: Epoch seconds.
        until: Epoch seconds.

    Returns:
        Places in `users`, ascending, and the numbers of their rows; both (n_found,).
    """
    if len(rows.timestamps) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    low = int(rows.timestamps.min()) - 1
    span = int(rows.timestamps.max()) - low + 1
    keys = rows.user_indices * np.int64(span) + (rows.timestamps - low)
    base = users * np.int64(span)
    begins = np.searchsorted(keys, base + np.clip(after - low, 0, span - 1), side="right")
    ends = np.searchsorted(keys, base + np.clip(until - low, 0, span - 1), side="right")
    return ragged(begins, np.maximum(ends, begins))


def ragged(
    begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Stretches [begin, end) one after the other: whose they are, and the numbers in them."""
    counts = ends - begins
    places = np.repeat(np.arange(len(begins)), counts)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return places, begins[places] + within


def _visits(
    training_set: TrainingSet, start: int, stop: int, most: int, rng: np.random.Generator
) -> Moments:
    times = training_set.timestamps
    rows = np.flatnonzero((times >= start) & (times <= stop))
    rows = rng.permutation(rows)
    users = training_set.user_indices[rows]
    order = np.argsort(users, kind="stable")
    ranks = np.empty(len(rows), np.int64)
    counts = np.bincount(users, minlength=1)
    ranks[order] = np.arange(len(rows)) - (np.cumsum(counts) - counts)[users[order]]
    rows = rows[ranks < _VISITS_OF_A_USER][:most]
    return Moments(training_set.user_indices[rows], times[rows])


def _any_times(
    training_set: TrainingSet,
    actions: ActionSet,
    within: tuple[int, int],
    n: int,
    rng: np.random.Generator,
) -> Moments:
    start, stop = within
    never = np.iinfo(np.int64).max
    known_since = np.full(training_set.n_users, never)
    np.minimum.at(known_since, training_set.user_indices, training_set.timestamps)
    np.minimum.at(known_since, actions.user_indices, actions.timestamps - 1)
    users = np.flatnonzero(known_since <= stop)
    if len(users) == 0:
        return Moments(np.empty(0, np.int32), np.empty(0, np.int64))
    n = min(n, len(users) * _VISITS_OF_A_USER)
    users = np.tile(rng.permutation(users), -(-n // len(users)))[:n]
    low = np.maximum(known_since[users], start)
    times = low + np.floor(rng.random(n) * (stop - low + 1)).astype(np.int64)
    return Moments(users.astype(np.int32), times)
