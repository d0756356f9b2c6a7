"""Lists of actions: order, what is left out, what is explored."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from penchant.data.actions import DAY_S, NOT_TAKEN, TAKEN, VIEWED
from penchant.data.queries import ActionHistory, Query
from penchant.data.training_set import NO_TIME
from penchant.data.vocabulary import Vocabulary
from penchant.models.action_catalogue import ActionCatalogue
from penchant.serving.action_answers import overlay, recommend
from penchant.store.events import Event

NOW = 1_700_000_000


@dataclass(frozen=True)
class Oracle:
    """A model that says what it is told to say."""

    scores: list[float]
    catalogue: ActionCatalogue
    histories: Any = None

    @property
    def actions(self):
        return Vocabulary(f"a{i}" for i in range(len(self.scores)))

    def score_actions(self, queries):
        return np.tile(np.array(self.scores, np.float32), (len(queries), 1))


def oracle(scores, scored=None, values=None, expires_at=None, repeat_days=None):
    n = len(scores)
    return Oracle(
        scores,
        ActionCatalogue(
            np.array(values or [1] * n, np.float32),
            np.array(expires_at or [NO_TIME] * n),
            np.array(repeat_days or [0] * n),
            np.array([True] * n if scored is None else scored),
            np.zeros(n, np.int64),
        ),
    )


def did(action, kind, days_ago):
    times = np.array([NOW - int(days_ago * DAY_S)])
    return ActionHistory(np.array([action], np.int32), times, np.array([kind], np.int16))


def ids(model, n=5, seed=0, history=None):
    query = Query() if history is None else Query(actions=history)
    return [one["actionId"] for one in recommend(model, query, n, NOW, seed)]


def test_the_likeliest_comes_first_with_its_probability():
    found = recommend(oracle([0.1, 0.70004, 0.3]), Query(), 2, NOW, 0)
    assert found == [{"actionId": "a1", "score": 0.7}, {"actionId": "a2", "score": 0.3}]


def test_of_equally_likely_actions_the_more_valuable_comes_first():
    assert ids(oracle([0.5, 0.5, 0.5], values=[3, 9, 5])) == ["a1", "a2", "a0"]


def test_value_does_not_outdo_probability():
    assert ids(oracle([0.5, 0.6], values=[10, 1])) == ["a1", "a0"]


def test_an_action_without_enough_data_has_no_score_and_comes_after_the_others():
    found = recommend(oracle([0.9, 0.2], scored=[False, True]), Query(), 5, NOW, 0)
    assert found == [{"actionId": "a1", "score": 0.2}, {"actionId": "a0", "score": 0.0}]


def test_actions_without_scores_are_in_order_of_value_then_likelihood():
    model = oracle([0.1, 0.3, 0.2, 0.9], scored=[False] * 4, values=[5, 5, 5, 1])
    assert ids(model) == ["a1", "a2", "a0", "a3"]


def test_of_actions_of_which_nothing_is_known_chance_decides():
    model = oracle([0.0] * 6, scored=[False] * 6)
    assert ids(model, seed=1) == ids(model, seed=1)
    assert len({tuple(ids(model, seed=seed)) for seed in range(20)}) > 10


def test_an_expired_action_is_left_out():
    assert ids(oracle([0.5, 0.4], expires_at=[NOW, NOW + 1])) == ["a1"]


@pytest.mark.parametrize(("kind", "held"), [(TAKEN, True), (NOT_TAKEN, True), (VIEWED, False)])
def test_an_action_waits_after_a_decision(kind, held):
    model = oracle([0.5, 0.4], repeat_days=[7, 0])
    assert ids(model, history=did(0, kind, 6.9)) == (["a1"] if held else ["a0", "a1"])
    assert ids(model, history=did(0, kind, 7.1)) == ["a0", "a1"]


def test_an_action_without_a_repetition_does_not_wait():
    assert ids(oracle([0.5, 0.4]), history=did(0, TAKEN, 0)) == ["a0", "a1"]


def test_a_tenth_of_the_places_the_last_ones_goes_to_actions_without_scores():
    n = 40
    model = oracle([0.9 - i / 100 for i in range(n)], scored=[i < 20 for i in range(n)])
    lists = [ids(model, n=10, seed=seed) for seed in range(200)]
    explored = [sum(int(one[1:]) >= 20 for one in found) for found in lists]
    assert np.mean(explored) == pytest.approx(1, abs=0.15)
    assert all(found[:8] == [f"a{i}" for i in range(8)] for found in lists)
    assert len({one for found in lists for one in found[8:]}) > 15
    assert all(len(set(found)) == 10 for found in lists)


def test_nothing_is_explored_where_everything_has_a_score():
    assert ids(oracle([0.1, 0.2, 0.3]), n=2, seed=3) == ["a2", "a1"]


def test_no_places_no_actions():
    assert ids(oracle([0.1, 0.2]), n=0) == []


def event(action, kind, timestamp, event_id=""):
    return Event(
        user_id="u", item_id=action, timestamp=timestamp, event_type=kind, event_id=event_id
    )


def test_fresh_events_follow_what_was_known_in_order_of_time():
    seen = did(0, TAKEN, 2)
    fresh = [event("a1", "VIEWED", NOW - 5), event("a1", "NOT_TAKEN", NOW - 3 * DAY_S)]
    found = overlay(oracle([0.5, 0.5]), seen, fresh)
    assert found.actions.tolist() == [1, 0, 1]
    assert found.event_types.tolist() == [NOT_TAKEN, TAKEN, VIEWED]
    assert (np.diff(found.timestamps) > 0).all()


def test_repeats_and_unknown_actions_do_not_count():
    seen = did(0, TAKEN, 0)
    fresh = [
        event("a0", "TAKEN", NOW),
        event("a1", "TAKEN", NOW, "x"),
        event("a1", "TAKEN", NOW + 1, "x"),
        event("gone", "TAKEN", NOW),
        event("a1", "clicked", NOW),
    ]
    assert overlay(oracle([0.5, 0.5]), seen, fresh).actions.tolist() == [0, 1]
    assert len(overlay(oracle([0.5]), ActionHistory.empty(), [])) == 0
