"""How a training judges a recipe that finds users for items."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from penchant.data.training_set import Float32s, Int32s, TrainingSet
from penchant.domain.recipes import RecipeEntry
from penchant.evaluation.leaderboard import row
from penchant.evaluation.segments import Score, SegmentSplit, segment_metrics, segment_split
from penchant.models.affinity import AffinityModel
from penchant.models.contract import SegmentModel
from penchant.recipes.contract import Progress, Recipe, Step
from penchant.recipes.item_affinity import ItemAttributeAffinity, single_items
from penchant.recipes.segment_baselines import segment_baselines


def board_of_segments(
    entry: RecipeEntry, recipe: Recipe, training_set: TrainingSet, seed: int, progress: Progress
) -> tuple[SegmentModel, list[dict[str, Any]], SegmentSplit]:
    """Fit without the newest fifth of every user's rows, and set the recipe beside the baselines.

    Returns:
        The model, the leaderboard with the recipe in its first row, and the split.

    Raises:
        ValueError: The recipe cannot learn from the rows, or none is left to compare.
    """
    split = segment_split(training_set, seed)
    model = recipe.fit(split.train, seed=seed, progress=progress)
    assert isinstance(model, SegmentModel)
    progress(Step("measuring", 1.0))
    asked = split.asked(_groups(recipe, training_set))
    scores = {entry.name: _score(model), **segment_baselines(split.train)}
    board = [
        row(name, segment_metrics(score, asked, training_set.n_users), {})
        for name, score in scores.items()
    ]
    return model, board, split


def _groups(recipe: Recipe, training_set: TrainingSet) -> Sequence[Int32s]:
    if isinstance(recipe, ItemAttributeAffinity):
        return recipe.groups(training_set)
    return single_items(training_set)


def _score(model: SegmentModel) -> Score:
    if isinstance(model, AffinityModel):
        return model.score_users_for_group

    def score(group: Int32s) -> Float32s:
        return np.asarray(model.score_users(group).sum(axis=0), np.float32)

    return score
