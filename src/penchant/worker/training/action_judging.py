"""How a training judges a recipe that recommends actions."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from penchant.data.action_moments import moments_of, window_of
from penchant.data.actions import DAY_S
from penchant.data.training_set import TrainingSet
from penchant.domain.recipes import RecipeEntry
from penchant.evaluation.action_leaderboard import ActionScorer, action_leaderboard
from penchant.evaluation.action_splits import ActionSplit, action_split
from penchant.models.actions import ActionsModel
from penchant.models.contract import ActionModel
from penchant.recipes.action_baselines import fit_segments
from penchant.recipes.actions import Actions, lessons_of
from penchant.recipes.contract import Progress, Recipe, Step

_PERIOD_DAYS: Final = 14
_MOST_MOMENTS: Final = 10_000


def board_of_actions(
    entry: RecipeEntry, recipe: Recipe, training_set: TrainingSet, seed: int, progress: Progress
) -> tuple[ActionModel, list[dict[str, Any]], ActionSplit]:
    """Fit on the split's training users, and set the recipe beside action popularity.

    Returns:
        The model, the leaderboard with the recipe in its first row (empty where nobody did
        anything about actions), and the split.

    Raises:
        ValueError: There are no actions, or no interactions.
    """
    actions = training_set.actions
    if actions is None or not actions.n_actions:
        raise ValueError("there are no actions to recommend: import some or call PutActions")
    days = recipe.period_days if isinstance(recipe, Actions) else _PERIOD_DAYS
    split = action_split(training_set, actions, days, seed)
    model = recipe.fit(split.train, seed=seed, progress=progress)
    assert isinstance(model, ActionModel)
    progress(Step("measuring", 1.0))
    if not split.queries:
        return model, [], split
    scorers = {entry.name: model, **_baselines(model, split, days, seed)}
    return model, action_leaderboard(scorers, split), split


def _baselines(
    model: ActionModel, split: ActionSplit, days: float, seed: int
) -> Mapping[str, ActionScorer]:
    actions = split.train.actions
    if actions is None or not isinstance(model, ActionsModel):
        return {}
    window_s = window_of(actions, days)
    rng = np.random.default_rng(seed)
    moments = moments_of(split.train, actions, window_s, _MOST_MOMENTS, rng)
    if not len(moments):
        return {}
    lessons = lessons_of(model.reading, split.train, actions, moments, window_s)
    return fit_segments(model.reading, lessons, days * DAY_S / window_s, seed)
