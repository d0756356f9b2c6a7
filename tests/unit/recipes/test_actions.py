"""The learning of actions: parity of both halves, calibration, thresholds, shares of users."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from penchant.data.action_moments import Moments
from penchant.data.actions import DAY_S, TAKEN, VIEWED, ActionSet
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.action_catalogue import ActionCatalogue
from penchant.models.action_states import States
from penchant.models.attributes import Attributes
from penchant.models.coding import Coding
from penchant.recipes.action_baselines import fit_segments
from penchant.recipes.actions import Actions, lessons_of
from penchant.recipes.actions_learner import Lessons, calibration
from penchant.recipes.actions_network import ActionNetwork, Batch
from penchant.recipes.contract import silent

pytestmark = pytest.mark.usefixtures("one_thread")

N_USERS, N_ITEMS, N_ACTIONS = 20, 12, 5


def labels(name, n):
    values = Vocabulary([f"{name}0", f"{name}1"])
    column = Categories(values, np.arange(n + 1), (np.arange(n) % 2).astype(np.int32))
    return Features({name: column})


def known(days=60, n_done=200):
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(N_USERS, dtype=np.int32), 6)
    of_actions = np.sort(rng.integers(0, N_USERS, n_done)).astype(np.int32)
    times = rng.integers(0, days * DAY_S, n_done)
    actions = replace(
        ActionSet.plain(Vocabulary(f"a{i}" for i in range(N_ACTIONS))),
        features=labels("KIND", N_ACTIONS),
        user_indices=of_actions,
        action_indices=rng.integers(0, N_ACTIONS, n_done).astype(np.int32),
        timestamps=times[np.lexsort((times, of_actions))],
        event_types=rng.integers(0, 3, n_done).astype(np.int16),
    )
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(N_USERS)),
        items=Vocabulary(f"i{i}" for i in range(N_ITEMS)),
        user_indices=users,
        item_indices=rng.integers(0, N_ITEMS, len(users)).astype(np.int32),
        timestamps=np.sort(rng.integers(0, days * DAY_S, (N_USERS, 6))).ravel(),
        event_types=np.zeros(len(users), np.int16),
        event_values=np.full(len(users), np.nan, np.float32),
        event_type_names=("click",),
        user_features=labels("CITY", N_USERS),
        actions=actions,
    )


@pytest.fixture(scope="module")
def model():
    return Actions().fit(known(), seed=0, progress=silent)


def some_lessons(model, data):
    rng = np.random.default_rng(4)
    moments = Moments(
        rng.integers(0, N_USERS, 50).astype(np.int32), rng.integers(1, 40 * DAY_S, 50)
    )
    return lessons_of(model.reading, data, data.actions, moments, 14 * DAY_S)


def test_both_halves_of_the_network_say_the_same(model):
    data = known()
    inputs = some_lessons(model, data).inputs
    users, kinds = (Coding.learned_from(one) for one in (data.user_features, data.actions.features))
    coded = [
        Attributes(coding.codes_of_rows(features, n), coding.n_codes)
        for coding, features, n in (
            (users, data.user_features, N_USERS),
            (kinds, data.actions.features, N_ACTIONS),
        )
    ]
    torch.manual_seed(0)
    network = ActionNetwork(inputs, *coded, np.full(N_ACTIONS, 0.2, np.float32), 0.0).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        batch = Batch(
            *(torch.as_tensor(one) for one in (inputs.numbers, inputs.items.toarray())),
            torch.as_tensor(inputs.done.toarray()),
            torch.as_tensor(inputs.users.astype(np.int64)),
        )
        expected = network(batch).numpy()
    vectors = network.tables(users, kinds).user_vectors(data.user_features, N_USERS)
    weights = network.weights(np.ones(N_ACTIONS, np.bool_), vectors)
    assert weights.logits(inputs) == pytest.approx(expected, abs=1e-4)
    plain = network.weights(np.arange(N_ACTIONS) > 0, vectors)
    rows = network.tables(users, kinds).action_rows(data.actions.features, N_ACTIONS)
    assert plain.action_vectors[0] == pytest.approx(rows[0, :-1], abs=1e-6)
    assert plain.action_biases[0] == pytest.approx(rows[0, -1], abs=1e-6)


def test_calibration_finds_slope_and_offset():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 5)).astype(np.float32)
    taken = rng.random(logits.shape) < 1 / (1 + np.exp(-(0.5 * logits - 1)))
    slope, offset = calibration(logits, Lessons(None, taken, np.ones_like(taken)))
    assert slope == pytest.approx(0.5, abs=0.03)
    assert offset == pytest.approx(-1, abs=0.06)


def test_nothing_held_out_leaves_log_odds_as_they_are():
    nothing = np.zeros((0, 5), np.bool_)
    assert calibration(np.zeros((0, 5), np.float32), Lessons(None, nothing, nothing)) == (1, 0)


def test_without_interactions_with_actions_all_scores_are_zero():
    data = known()
    empty = replace(data, actions=data.actions.subset(np.zeros(200, np.bool_)))
    found = Actions().fit(empty, seed=0, progress=silent)
    assert found.weights is None
    assert not found.score_actions([]).size
    states = States.of([])
    assert len(states) == 0


def test_without_actions_there_is_nothing_to_recommend():
    for actions in (None, ActionSet.plain(Vocabulary([]))):
        with pytest.raises(ValueError, match="there are no actions to recommend: import some"):
            Actions().fit(replace(known(), actions=actions), seed=0, progress=silent)


def test_short_data_are_learned_in_shorter_windows_and_carried_over():
    long = Actions().fit(known(days=60), seed=0, progress=silent)
    short = Actions().fit(known(days=14), seed=0, progress=silent)
    assert long.exponent == 1.0
    assert short.exponent == pytest.approx(2, abs=0.1)
    tiny = Actions().fit(known(days=1), seed=0, progress=silent)
    assert tiny.exponent == 4.0


def test_a_score_is_told_from_fifty_takes_and_fifty_others_within_six_weeks():
    def scored(n_taken, n_other, days_before=0):
        kinds = np.array([TAKEN] * n_taken + [VIEWED] * n_other + [VIEWED], np.int16)
        times = np.full(len(kinds), 100 * DAY_S)
        times[:-1] -= days_before * DAY_S
        n = len(kinds)
        actions = replace(
            ActionSet.plain(Vocabulary(["a", "b"])),
            user_indices=np.zeros(n, np.int32),
            action_indices=np.array([0] * (n - 1) + [1], np.int32),
            timestamps=times,
            event_types=kinds,
        )
        return ActionCatalogue.of(actions).scored.tolist()

    assert scored(50, 50) == [True, False]
    assert scored(49, 50) == scored(50, 49) == [False, False]
    assert scored(50, 50, days_before=42) == [True, False]
    assert scored(50, 50, days_before=43) == [False, False]


def test_baselines_tell_shares_over_the_period(model):
    data = known()
    lessons = some_lessons(model, data)
    found = fit_segments(model.reading, lessons, 2.0, seed=0)
    assert list(found) == ["action popularity", "popularity per segment"]
    once = lessons.rates()
    assert found["action popularity"].rates == pytest.approx(1 - (1 - once) ** 2)
    for scorer in found.values():
        assert scorer.score_actions([]).shape == (0, N_ACTIONS)
