"""Splits for recipes that recommend actions: by users, as the service has it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.action_moments import (
    Moments,
    countable,
    moments_of,
    rows_between,
    taken_within,
    window_of,
)
from penchant.data.actions import DAY_S, ActionSet
from penchant.data.queries import Query
from penchant.data.training_set import Bools, TrainingSet
from penchant.evaluation.held_users import held_users

TEST_SHARE: Final = 0.1
_MOST_DRAWN: Final = 40_000
_MOST_QUERIES: Final = 2_000


@dataclass(frozen=True)
class ActionSplit:
    """What to learn from and what to ask.

    Attributes:
        train: The rows of nine tenths of the users, with the vocabularies of the whole; a recipe
            takes its validation users from these.
        queries: Moments of the other users, with what was known then.
        taken: Which actions were taken in the window after each, (n, n_actions).
        counted: Which actions could have been, (n, n_actions).
        share: The window as a share of the optimization period.
    """

    train: TrainingSet
    queries: list[Query]
    taken: Bools
    counted: Bools
    share: float

    def summary(self) -> dict[str, float]:
        """The split in numbers; JSON values."""
        actions = self.train.actions
        return {
            "trainingInteractions": self.train.n_rows,
            "trainingActionInteractions": 0 if actions is None else actions.n_rows,
            "testUsers": len({query.user_index for query in self.queries}),
            "testMoments": len(self.queries),
            "comparedActions": int(self.counted.sum()),
            "takenActions": int((self.taken & self.counted).sum()),
            "windowShare": round(self.share, 4),
        }

    def test_rows(self) -> Mapping[str, npt.NDArray[Any]]:
        """Every moment of the test for download: whose, when, what was taken, what counted."""
        return {
            "users": np.array([query.user_index for query in self.queries], np.int32),
            "timestamps": np.array([query.timestamp for query in self.queries], np.int64),
            "taken": self.taken,
            "counted": self.counted,
        }


def action_split(
    training_set: TrainingSet, actions: ActionSet, period_days: float, seed: int
) -> ActionSplit:
    """Learn from nine tenths of the users, ask for the others at moments of their past.

    Test users are `held_users` among all who did anything. Without interactions with actions there
    are no queries.

    Args:
        training_set: All rows of items.
        actions: All rows of actions.
        period_days: The optimization period.
        seed: Chooses users and moments.
    """
    tested = _tested(training_set, actions, seed)
    window_s = window_of(actions, period_days)
    rng = np.random.default_rng(seed)
    moments = moments_of(training_set, actions, window_s, _MOST_DRAWN, rng)
    chosen = rng.permutation(np.flatnonzero(tested[moments.users]))[:_MOST_QUERIES]
    moments = Moments(moments.users[chosen], moments.timestamps[chosen])
    train = training_set.subset(~tested[training_set.user_indices])
    return ActionSplit(
        replace(train, actions=actions.subset(~tested[actions.user_indices])),
        _queries(training_set, actions, moments),
        taken_within(actions, moments, window_s),
        countable(actions, moments),
        window_s / (period_days * DAY_S),
    )


def _tested(training_set: TrainingSet, actions: ActionSet, seed: int) -> Bools:
    known = np.union1d(training_set.user_indices, actions.user_indices)
    ids = [training_set.users.ids[user] for user in known.tolist()]
    tested = np.zeros(training_set.n_users, np.bool_)
    tested[known[held_users(ids, math.ceil(TEST_SHARE * len(known)), seed)]] = True
    return tested


def _queries(training_set: TrainingSet, actions: ActionSet, moments: Moments) -> list[Query]:
    long_ago = np.full(len(moments), np.iinfo(np.int64).min // 2)
    bounds = []
    for rows in (training_set, actions):
        places, found = rows_between(rows, moments.users, long_ago, moments.timestamps)
        counts = np.bincount(places, minlength=len(moments))
        ends = np.cumsum(counts)
        bounds.append([(found[e - c : e]) for c, e in zip(counts, ends, strict=True)])
    return [
        Query(
            training_set.history(*_stretch(items)),
            user_index=int(user),
            timestamp=int(timestamp),
            actions=actions.history(*_stretch(done)),
        )
        for user, timestamp, items, done in zip(
            moments.users, moments.timestamps, *bounds, strict=True
        )
    ]


def _stretch(rows: npt.NDArray[np.int64]) -> tuple[int, int]:
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
