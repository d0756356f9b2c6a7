"""Moments of users' past, and what was taken after them."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.action_moments import (
    Moments,
    countable,
    moments_of,
    rows_between,
    taken_within,
    window_of,
)
from penchant.data.actions import DAY_S, NOT_TAKEN, TAKEN, VIEWED, ActionSet
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary


def done(*rows, n_actions=3, **members):
    """Rows (user, action, day, type), sorted."""
    users, actions, days, kinds = zip(*sorted(rows, key=lambda row: (row[0], row[2])), strict=True)
    return replace(
        ActionSet.plain(Vocabulary(f"a{i}" for i in range(n_actions))),
        user_indices=np.array(users, np.int32),
        action_indices=np.array(actions, np.int32),
        timestamps=(np.array(days) * DAY_S).astype(np.int64),
        event_types=np.array(kinds, np.int16),
        **members,
    )


def at(user, day):
    return Moments(np.array([user], np.int32), np.array([int(day * DAY_S)]))


def items(*rows, n_users=3):
    users, days = zip(*sorted(rows), strict=True)
    n = len(rows)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(["i"]),
        user_indices=np.array(users, np.int32),
        item_indices=np.zeros(n, np.int32),
        timestamps=(np.array(days) * DAY_S).astype(np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
    )


def test_the_window_is_the_period_or_half_of_what_the_data_span():
    assert window_of(done((0, 0, 0, TAKEN), (0, 0, 60, TAKEN)), 14) == 14 * DAY_S
    assert window_of(done((0, 0, 0, TAKEN), (0, 0, 10, TAKEN)), 14) == 5 * DAY_S
    assert window_of(done((0, 0, 3, TAKEN)), 14) == 1
    assert window_of(ActionSet.plain(Vocabulary(["a"])), 7) == 7 * DAY_S


def test_taken_is_what_comes_after_the_moment_and_within_the_window():
    actions = done((1, 0, 1, TAKEN), (1, 1, 5, TAKEN), (1, 2, 9, TAKEN), (2, 0, 5, TAKEN))
    assert taken_within(actions, at(1, 1), 5 * DAY_S)[0].tolist() == [False, True, False]
    assert taken_within(actions, at(1, 4), 5 * DAY_S)[0].tolist() == [False, True, True]
    assert not taken_within(actions, at(0, 4), 5 * DAY_S).any()


def test_what_is_only_viewed_or_declined_is_not_taken():
    actions = done((0, 0, 2, VIEWED), (0, 1, 2, NOT_TAKEN))
    assert not taken_within(actions, at(0, 1), 5 * DAY_S).any()


def test_an_action_counts_from_its_first_interaction_to_its_expiration():
    actions = done((0, 0, 3, VIEWED), (0, 1, 1, TAKEN), (1, 1, 9, TAKEN))
    actions = replace(actions, expires_at=np.array([actions.created_at[0], 8 * DAY_S, 0]))
    assert countable(actions, at(2, 2))[0].tolist() == [False, True, False]
    assert countable(actions, at(2, 4))[0].tolist() == [True, True, False]
    assert countable(actions, at(2, 8))[0].tolist() == [True, False, False]


def test_an_action_that_was_decided_on_waits_for_its_repetition():
    repeat_days = np.array([7, 7, 0])
    actions = done(
        (0, 0, 1, TAKEN), (0, 1, 2, NOT_TAKEN), (0, 2, 2, TAKEN), repeat_days=repeat_days
    )
    assert countable(actions, at(0, 5))[0].tolist() == [False, False, True]
    assert countable(actions, at(0, 8.5))[0].tolist() == [True, False, True]
    assert countable(actions, at(1, 5))[0].all()


def test_moments_lie_where_their_windows_are_known():
    actions = done(*((user, 0, day, TAKEN) for user in range(2) for day in range(0, 31, 3)))
    data = items(*((user, day) for user in range(3) for day in range(40)))
    moments = moments_of(data, actions, 10 * DAY_S, 60, np.random.default_rng(0))
    assert 20 < len(moments) <= 60
    assert (moments.timestamps >= -1).all()
    assert (moments.timestamps <= 20 * DAY_S).all()
    visits = np.isin(moments.timestamps, data.timestamps)
    assert visits.any()
    assert not visits.all()


def test_nobody_is_asked_before_anything_is_known_of_them():
    actions = done((0, 0, 0, TAKEN), (0, 0, 30, TAKEN))
    moments = moments_of(items((1, 10)), actions, DAY_S, 100, np.random.default_rng(0))
    assert moments.timestamps[moments.users == 1].min() >= 10 * DAY_S
    assert 2 not in moments.users


def test_without_interactions_with_actions_there_are_no_moments():
    nothing = ActionSet.plain(Vocabulary(["a"]))
    assert len(moments_of(items((0, 1)), nothing, DAY_S, 10, np.random.default_rng(0))) == 0


@pytest.mark.parametrize("seed", range(3))
def test_rows_between_are_those_that_a_scan_finds(seed):
    rng = np.random.default_rng(seed)
    rows = done(*((int(rng.integers(3)), 0, int(rng.integers(9)), TAKEN) for _ in range(20)))
    users = rng.integers(0, 4, 30).astype(np.int32)
    after = rng.integers(-20, 12, 30) * DAY_S
    until = after + rng.integers(-1, 9, 30) * DAY_S
    places, found = rows_between(rows, users, after, until)
    expected = [
        (place, row)
        for place in range(30)
        for row in range(rows.n_rows)
        if rows.user_indices[row] == users[place]
        and after[place] < rows.timestamps[row] <= until[place]
    ]
    assert list(zip(places.tolist(), found.tolist(), strict=True)) == expected
