"""States read from a training set and from questions are the same."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.action_moments import Moments
from penchant.data.actions import DAY_S, NOT_TAKEN, TAKEN, ActionSet
from penchant.data.queries import ActionHistory, History, Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.action_inputs import N_DONE, Reading
from penchant.models.action_states import States, moment_of

N_USERS, N_ITEMS, N_ACTIONS = 12, 9, 4


def known(seed=0):
    rng = np.random.default_rng(seed)
    n = 300
    users = np.sort(rng.integers(0, N_USERS - 1, n)).astype(np.int32)
    times = rng.integers(0, 30 * DAY_S, n)
    data = TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(N_USERS)),
        items=Vocabulary(f"i{i}" for i in range(N_ITEMS)),
        user_indices=users,
        item_indices=rng.integers(0, N_ITEMS, n).astype(np.int32),
        timestamps=times[np.lexsort((times, users))],
        event_types=rng.integers(-1, 2, n).astype(np.int16),
        event_values=np.full(n, np.nan, np.float32),
        event_type_names=("click", "buy"),
    )
    actions = replace(
        ActionSet.plain(Vocabulary(f"a{i}" for i in range(N_ACTIONS))),
        user_indices=users,
        action_indices=rng.integers(0, N_ACTIONS, n).astype(np.int32),
        timestamps=data.timestamps,
        event_types=rng.integers(0, 3, n).astype(np.int16),
    )
    return data, actions


def reading():
    rng = np.random.default_rng(3)
    factors = rng.standard_normal((N_ITEMS, 5)).astype(np.float32)
    frequent = np.array([0, -1, 1, 2, -1, 3, -1, -1, -1], np.int32)
    return Reading(factors, frequent, np.arange(2, dtype=np.int32), 4, 2, N_ACTIONS)


def asked(data, actions, moments):
    """The same moments as questions."""
    queries = []
    for user, moment in zip(moments.users.tolist(), moments.timestamps.tolist(), strict=True):
        items, done = (
            np.flatnonzero((rows.user_indices == user) & (rows.timestamps <= moment))
            for rows in (data, actions)
        )
        columns = ("item_indices", "timestamps", "event_types", "event_values")
        queries.append(
            Query(
                History(*(getattr(data, name)[items] for name in columns)),
                user_index=user,
                timestamp=moment,
                actions=ActionHistory(
                    actions.action_indices[done],
                    actions.timestamps[done],
                    actions.event_types[done],
                ),
            )
        )
    return queries


def test_moments_of_a_training_set_read_like_questions():
    data, actions = known()
    rng = np.random.default_rng(1)
    moments = Moments(
        rng.integers(0, N_USERS, 40).astype(np.int32), rng.integers(1, 30 * DAY_S, 40)
    )
    learned = reading().inputs(States.at(moments, data, actions))
    told = reading().inputs(States.of(asked(data, actions, moments)))
    assert (learned.users == told.users).all()
    assert learned.numbers == pytest.approx(told.numbers, abs=1e-5)
    assert learned.items.toarray() == pytest.approx(told.items.toarray(), abs=1e-6)
    assert learned.done.toarray() == pytest.approx(told.done.toarray(), abs=1e-6)


def test_a_question_without_a_moment_is_asked_one_second_after_all_that_is_known():
    data, actions = known()
    query = asked(data, actions, Moments(np.array([2], np.int32), np.array([20 * DAY_S])))[0]
    newest = max(query.history.timestamps[-1], query.actions.timestamps[-1])
    assert moment_of(replace(query, timestamp=0)) == newest + 1
    assert moment_of(Query()) == 0


def test_done_tells_how_often_and_how_lately_each_thing_was_done_about_an_action():
    times = np.array([0, 2, 8]) * DAY_S
    done = ActionHistory(
        np.array([1, 1, 3], np.int32), times, np.array([TAKEN, TAKEN, NOT_TAKEN], np.int16)
    )
    query = Query(timestamp=10 * DAY_S, actions=done)
    table = reading().inputs(States.of([query])).done.toarray().reshape(N_ACTIONS, 3, N_DONE // 3)
    assert table[1, TAKEN] == pytest.approx([np.log1p(2), np.exp(-8 / 2), np.exp(-8 / 14)])
    assert table[3, NOT_TAKEN] == pytest.approx([np.log1p(1), np.exp(-2 / 2), np.exp(-2 / 14)])
    table[1, TAKEN] = table[3, NOT_TAKEN] = 0
    assert not table.any()


def test_interests_are_means_that_begin_at_zero():
    read = reading()
    items = np.array([2, 2, 5], np.int32)
    history = History(
        items, np.array([1, 1, 1]), np.zeros(3, np.int16), np.full(3, np.nan, np.float32)
    )
    inputs = read.inputs(States.of([Query(history, timestamp=1), Query()]))
    assert inputs.numbers[0, :5] == pytest.approx(read.factors[items].sum(axis=0) / 4)
    assert not inputs.numbers[1, :10].any()
    assert inputs.items.toarray()[0].tolist() == pytest.approx([0, 0.5, 0, 0.25])


def test_an_event_type_of_later_counts_as_none():
    history = History(
        np.zeros(2, np.int32),
        np.array([1, 2]),
        np.array([0, 2], np.int16),
        np.full(2, np.nan, np.float32),
    )
    later = replace(reading(), kinds=np.array([0, 1, -1], np.int32))
    known_type = replace(history, event_types=np.array([0, -1], np.int16))
    first, second = (
        later.inputs(States.of([Query(one, timestamp=5)])).numbers for one in (history, known_type)
    )
    assert (first == second).all()
