"""Splits by users, asked at moments of their past."""

from dataclasses import replace

import numpy as np

from penchant.data.actions import DAY_S, ActionSet
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.action_leaderboard import action_leaderboard
from penchant.evaluation.action_splits import action_split
from penchant.evaluation.held_users import held_users

N_USERS, N_ACTIONS, DAYS = 50, 4, 60


def known():
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(N_USERS, dtype=np.int32), 10)
    times = np.sort(rng.integers(0, DAYS * DAY_S, (N_USERS, 10))).ravel()
    actions = replace(
        ActionSet.plain(Vocabulary(f"a{i}" for i in range(N_ACTIONS))),
        user_indices=users,
        action_indices=rng.integers(0, N_ACTIONS, len(users)).astype(np.int32),
        timestamps=times,
        event_types=rng.integers(0, 3, len(users)).astype(np.int16),
    )
    data = TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(N_USERS)),
        items=Vocabulary(["i"]),
        user_indices=users,
        item_indices=np.zeros(len(users), np.int32),
        timestamps=times,
        event_types=np.full(len(users), -1, np.int16),
        event_values=np.full(len(users), np.nan, np.float32),
    )
    return data, actions


def split(seed=0, days=14):
    return action_split(*known(), days, seed)


def test_a_tenth_of_the_users_is_asked_and_nothing_of_them_learned():
    found = split()
    tested = {query.user_index for query in found.queries}
    ids = known()[0].users.ids
    assert tested == set(held_users(ids, N_USERS // 10, seed=0).tolist())
    assert not tested & set(found.train.user_indices.tolist())
    assert not tested & set(found.train.actions.user_indices.tolist())
    assert found.train.users.ids == ids


def test_the_same_seed_asks_the_same():
    first, second = split().test_rows(), split().test_rows()
    assert all((first[name] == second[name]).all() for name in first)
    assert set(split(1).test_rows()["users"].tolist()) != set(first["users"].tolist())


def test_what_is_known_ends_at_the_moment_and_what_is_taken_comes_after_it():
    _, actions = known()
    found = split()
    for query, taken in zip(found.queries, found.taken, strict=True):
        assert (query.history.timestamps <= query.timestamp).all()
        assert (query.actions.timestamps <= query.timestamp).all()
        of_user = actions.user_indices == query.user_index
        past = of_user & (actions.timestamps <= query.timestamp)
        assert len(query.actions) == past.sum()
        soon = of_user & ~past & (actions.timestamps <= query.timestamp + 14 * DAY_S)
        right = np.unique(actions.action_indices[soon & (actions.event_types == 0)])
        assert np.flatnonzero(taken).tolist() == right.tolist()


def test_the_window_is_told_as_a_share_of_the_period():
    assert split().share == 1.0
    data, actions = known()
    short = actions.subset(actions.timestamps < 14 * DAY_S)
    assert 0.4 < action_split(data, short, 14, 0).share < 0.5


def test_the_summary_counts():
    found, summary = split(), split().summary()
    assert summary["testUsers"] == 5
    assert summary["testMoments"] == len(found.queries)
    assert summary["takenActions"] <= summary["comparedActions"] <= found.counted.size


def test_without_interactions_with_actions_nothing_is_asked():
    data, actions = known()
    found = action_split(data, actions.subset(np.zeros(actions.n_rows, np.bool_)), 14, 0)
    assert found.queries == []
    assert found.summary()["testUsers"] == 0


class Same:
    def __init__(self, score):
        self.score = score

    def score_actions(self, queries):
        return np.full((len(queries), N_ACTIONS), self.score, np.float32)


def test_probabilities_are_compared_over_the_window():
    data, actions = known()
    short = action_split(data, actions.subset(actions.timestamps < 14 * DAY_S), 14, 0)
    right = float((short.taken & short.counted).sum() / short.counted.sum())
    over_period = 1 - (1 - right) ** (1 / short.share)
    rows = action_leaderboard({"right": Same(over_period), "wrong": Same(right)}, short)
    assert [row["name"] for row in rows] == ["right", "wrong"]
    assert rows[0]["standard"]["log_loss"] < rows[1]["standard"]["log_loss"]
    assert rows[0]["service"]["area_under_curve"] == 0.5
