"""How recipes for actions are judged within a training."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.actions import DAY_S, ActionSet
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.parameters import entry_of
from penchant.recipes.actions import Actions
from penchant.recipes.contract import silent
from penchant.worker.training.judging import JUDGES

pytestmark = pytest.mark.usefixtures("one_thread")

ENTRY = entry_of("aws-next-best-action")
N_USERS = 30


def known(n_done=300):
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(N_USERS, dtype=np.int32), 6)
    of_actions = np.sort(rng.integers(0, N_USERS, n_done)).astype(np.int32)
    times = rng.integers(0, 60 * DAY_S, n_done)
    actions = replace(
        ActionSet.plain(Vocabulary(f"a{i}" for i in range(4))),
        user_indices=of_actions,
        action_indices=rng.integers(0, 4, n_done).astype(np.int32),
        timestamps=times[np.lexsort((times, of_actions))],
        event_types=rng.integers(0, 3, n_done).astype(np.int16),
    )
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(N_USERS)),
        items=Vocabulary(f"i{i}" for i in range(9)),
        user_indices=users,
        item_indices=rng.integers(0, 9, len(users)).astype(np.int32),
        timestamps=np.sort(rng.integers(0, 60 * DAY_S, (N_USERS, 6))).ravel(),
        event_types=np.full(len(users), -1, np.int16),
        event_values=np.full(len(users), np.nan, np.float32),
        actions=actions,
    )


def judged(data):
    return JUDGES[ENTRY.recipe_type](ENTRY, Actions(), data, 0, silent)


def test_the_leaderboard_has_the_recipe_first_and_action_popularity_beside_it():
    found = judged(known())
    names = [row["name"] for row in found.leaderboard]
    assert names == ["aws-next-best-action", "action popularity", "popularity per segment"]
    assert found.metrics == found.leaderboard[0]["service"]
    assert found.metrics.keys() >= {"coverage", "precision", "recall", "area_under_curve"}
    assert found.split["testUsers"] == 3
    assert len(found.test_rows["users"]) == found.split["testMoments"]
    assert found.model.actions.ids == ("a0", "a1", "a2", "a3")


def test_without_interactions_with_actions_there_is_a_model_and_no_metric():
    found = judged(known(n_done=0))
    assert (found.metrics, found.leaderboard) == ({}, [])
    assert not found.model.score_actions([]).size


def test_without_actions_nothing_is_judged():
    with pytest.raises(ValueError, match="there are no actions to recommend: import some or call"):
        judged(replace(known(), actions=None))
