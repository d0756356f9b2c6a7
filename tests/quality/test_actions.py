"""Next best action: who takes what is learned where it can be, with the right probabilities."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from penchant.data.actions import DAY_S, NOT_TAKEN, TAKEN, VIEWED, ActionSet
from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.actions import Actions
from penchant.recipes.contract import silent

START = 1_700_000_000
N_GROUPS, GROUP_SIZE, N_ACTIONS, DAYS = 5, 12, 10, 60
NEVER_SHOWN = 9
ACTIVE, IDLE = 0.08, 0.005


@dataclass(frozen=True)
class World:
    """What is known, and what is true: actions taken per day, (n_users, n_actions)."""

    data: TrainingSet
    rates: np.ndarray

    def probabilities(self, days=14):
        return 1 - np.exp(-self.rates * days)

    def questions(self, *, with_actions=True):
        """Every user asks at the end of the data; nobody is known to the model by name."""
        data, actions = self.data, self.data.actions
        of_items, of_actions = data.offsets(), actions.offsets(data.n_users)
        now = int(data.timestamps.max())
        return [
            Query(
                data.history(of_items[u], of_items[u + 1]),
                timestamp=now,
                actions=actions.history(
                    of_actions[u], of_actions[u + 1] if with_actions else of_actions[u]
                ),
            )
            for u in range(data.n_users)
        ]


def world(n_users, seed):
    """Users of five groups have items of their group; action a is of group a % 5.

    Users take actions of their group at the rate `ACTIVE` a day and others at `IDLE`, and are shown
    actions that they do not take. The last action was never shown to anybody.
    """
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, N_GROUPS, n_users)
    kinds = np.arange(N_ACTIONS) % N_GROUPS
    rates = np.where(groups[:, None] == kinds[None, :], ACTIVE, IDLE)
    of_kind = Categories(
        Vocabulary(f"kind{k}" for k in range(N_GROUPS)),
        np.arange(N_ACTIONS + 1),
        kinds.astype(np.int32),
    )
    plain = ActionSet.plain(Vocabulary(f"a{i}" for i in range(N_ACTIONS)))
    users, items, times = had(rng, groups)
    data = TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(N_GROUPS * GROUP_SIZE)),
        user_indices=users,
        item_indices=items,
        timestamps=times,
        event_types=np.full(len(items), -1, np.int16),
        event_values=np.full(len(items), np.nan, np.float32),
        actions=replace(plain, features=Features({"KIND": of_kind}), **done(rng, rates)),
    )
    return World(data, rates)


def had(rng, groups):
    """Some 14 items of every user, four fifths of the own group."""
    users = np.repeat(np.arange(len(groups), dtype=np.int32), rng.poisson(12, len(groups)) + 2)
    inside = groups[users] * GROUP_SIZE + rng.integers(0, GROUP_SIZE, len(users))
    anywhere = rng.integers(0, N_GROUPS * GROUP_SIZE, len(users))
    items = np.where(rng.random(len(users)) < 0.8, inside, anywhere).astype(np.int32)
    times = START + rng.integers(0, DAYS * DAY_S, len(users))
    order = np.lexsort((times, users))
    return users[order], items[order], times[order]


def done(rng, rates):
    """Actions taken and shown at random times."""
    shown_rates = np.full(rates.shape, 0.02)
    found = []
    for each, kinds in ((rates, [TAKEN]), (shown_rates, [NOT_TAKEN, VIEWED])):
        counts = rng.poisson(each * DAYS)
        counts[:, NEVER_SHOWN] = 0
        users, actions = (
            np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape)
        )
        found.append((users, actions, rng.choice(kinds, len(users))))
    users, actions, kinds = (np.concatenate(parts) for parts in zip(*found, strict=True))
    times = START + rng.integers(0, DAYS * DAY_S, len(users))
    order = np.lexsort((times, users))
    return {
        "user_indices": users[order].astype(np.int32),
        "action_indices": actions[order].astype(np.int32),
        "timestamps": times[order],
        "event_types": kinds[order].astype(np.int16),
    }


def shuffled(planted):
    """The same rows with the users dealt out anew to those of the actions."""
    actions = planted.data.actions
    users = np.random.default_rng(1).permutation(actions.user_indices)
    order = np.lexsort((actions.timestamps, users))
    dealt = replace(
        actions,
        user_indices=users[order],
        action_indices=actions.action_indices[order],
        timestamps=actions.timestamps[order],
        event_types=actions.event_types[order],
    )
    return replace(planted, data=replace(planted.data, actions=dealt))


def log_loss(scores, truth):
    """Mean log loss where the true probabilities are known."""
    p = np.clip(scores.astype(np.float64), 1e-6, 1 - 1e-6)
    return float(-(truth * np.log(p) + (1 - truth) * np.log(1 - p)).mean())


def fit(planted):
    return Actions().fit(planted.data, seed=0, progress=silent)


@pytest.fixture(scope="module")
def learned():
    return fit(world(300, seed=5))


@pytest.fixture(scope="module")
def others():
    """Users that the model never saw."""
    return world(300, seed=99)


def test_users_items_tell_which_actions_they_take(learned, others):
    scores, truth = learned.score_actions(others.questions()), others.probabilities()
    shown = [action for action in range(N_ACTIONS) if action != NEVER_SHOWN]
    scores, truth = scores[:, shown], truth[:, shown]
    floor = log_loss(np.full(truth.shape, truth.mean()), truth)
    best = log_loss(truth, truth)
    assert log_loss(scores, truth) < best + 0.2 * (floor - best)


def test_a_score_is_the_share_of_users_who_take_the_action_in_the_period(learned, others):
    scores, truth = learned.score_actions(others.questions()), others.probabilities()
    own = others.rates == ACTIVE
    own[:, NEVER_SHOWN] = False
    other = ~own
    other[:, NEVER_SHOWN] = False
    assert scores[own].mean() == pytest.approx(truth[own].mean(), abs=0.06)
    assert scores[other].mean() == pytest.approx(truth[other].mean(), abs=0.03)


def test_users_without_actions_are_known_by_their_items(learned, others):
    scores = learned.score_actions(others.questions(with_actions=False))
    own = others.rates == ACTIVE
    own[:, NEVER_SHOWN] = False
    assert scores[own].mean() > 3 * scores[others.rates == IDLE].mean()


def test_an_action_that_nobody_was_shown_is_known_by_its_metadata(learned, others):
    scores = learned.score_actions(others.questions())[:, NEVER_SHOWN]
    own = others.rates[:, NEVER_SHOWN] == ACTIVE
    assert scores[own].mean() > 2 * scores[~own].mean()


def test_a_longer_period_raises_the_scores_as_it_should(others):
    planted = world(300, seed=5)
    week = Actions(period_days=7).fit(planted.data, seed=0, progress=silent)
    own = others.rates == ACTIVE
    own[:, NEVER_SHOWN] = False
    told = week.score_actions(others.questions())[own].mean()
    assert told == pytest.approx(others.probabilities(days=7)[own].mean(), abs=0.06)


def test_nothing_is_learned_from_shuffled_rows(others):
    model = fit(shuffled(world(300, seed=5)))
    scores = model.score_actions(others.questions(with_actions=False))
    own = others.rates == ACTIVE
    own[:, NEVER_SHOWN] = False
    ratio = scores[own].mean() / scores[others.rates == IDLE].mean()
    assert 0.7 < ratio < 1.4
