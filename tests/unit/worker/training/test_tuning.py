"""Searching hyper-parameters of a quick recipe on planted groups of items."""

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import BUILT_IN
from penchant.domain.search_spaces import LISTS, RANGES
from penchant.recipes.contract import silent
from penchant.worker.training.tuning import part_of, tune
from penchant.worker.training.validating import validation_split

SIMS = BUILT_IN.get("arn:aws:personalize:::recipe/aws-sims")


def groups(n_users=120, n_rows=8, seed=0):
    """Every user takes items of one of six groups of ten."""
    rng = np.random.default_rng(seed)
    items = rng.integers(0, 6, (n_users, 1)) * 10 + rng.integers(0, 10, (n_users, n_rows))
    n = n_users * n_rows
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(60)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), n_rows),
        item_indices=items.reshape(n).astype(np.int32),
        timestamps=np.arange(n, dtype=np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
    )


@pytest.fixture(scope="module")
def split():
    return validation_split(groups(), 0)


def config(n_trials=6, integers=(), **own):
    ranges = {member: [] for member in LISTS} | {LISTS[0]: list(integers)}
    resources = {"maxNumberOfTrainingJobs": str(n_trials), "maxParallelTrainingJobs": "2"}
    return {
        "hpoConfig": {RANGES: ranges, "hpoResourceConfig": resources},
        "featureTransformationParameters": {"max_item_interaction_count_percentile": "1.0"},
        "algorithmHyperParameters": own,
    }


def tuned(split, wish, progress=silent):
    return tune(SIMS, wish, split, seed=0, n_processes=1, progress=progress)


def test_the_solution_s_own_setting_is_tried_first_and_never_undercut(split):
    found = tuned(split, config(min_cointeraction_count="9"))
    first, best = found.trials[0], max(one["value"] for one in found.trials)
    assert first["setting"]["min_cointeraction_count"] == "9"
    chosen = next(one for one in found.trials if one["setting"] == found.setting)
    assert chosen["value"] == best > first["value"]
    assert int(found.setting["min_cointeraction_count"]) < 9


def test_what_is_not_searched_stays_as_the_solution_says(split):
    narrow = {"name": "min_cointeraction_count", "minValue": 1, "maxValue": 2}
    found = tuned(split, config(integers=[narrow], popularity_discount_factor="0.9"))
    assert set(found.setting) == {"min_cointeraction_count"}
    assert len(found.trials) == 2
    other = tuned(split, config(integers=[narrow], popularity_discount_factor="0.0"))
    assert [one["value"] for one in other.trials] != [one["value"] for one in found.trials]


def test_every_setting_tried_is_told(split):
    steps = []
    tuned(split, config(3), steps.append)
    assert steps[0].stage == "tuning, setting 1 of at most 3"
    assert "best normalized_discounted_cumulative_gain_at_10 0." in steps[-1].stage
    assert [one.done for one in steps] == sorted(one.done for one in steps)
    assert steps[-1].done == 1.0


def test_many_rows_are_first_learned_from_in_part():
    assert part_of(groups(100).subset(np.ones(800, np.bool_))) is None
    many = groups(5000)
    part = part_of(many)
    assert part is not None
    assert part.n_rows == pytest.approx(0.3 * many.n_rows, rel=0.01)
    users = np.unique(part.user_indices)
    assert len(users) == pytest.approx(1500, rel=0.01)
    assert np.diff(users).max() == 4


def test_a_recipe_without_tunable_hyper_parameters_is_refused(split):
    popular = BUILT_IN.get("arn:aws:personalize:::recipe/aws-popularity-count")
    with pytest.raises(ValueError, match="aws-popularity-count has no hyper-parameters that can"):
        tune(popular, {}, split, seed=0, n_processes=1, progress=silent)
