"""How a training judges its recipe before it learns from everything: one judge per recipe type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from penchant.data.training_set import TrainingSet
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.evaluation.leaderboard import asking_for_related, leaderboard
from penchant.evaluation.splits import Split, service_split
from penchant.models.contract import Fitted, Model
from penchant.recipes.baselines import fit_baselines
from penchant.recipes.contract import Progress, Recipe, Step


@dataclass(frozen=True)
class Judged:
    """What judging a recipe gave.

    Attributes:
        model: Fitted on the rows that were learned from; learning goes on from it.
        metrics: What `GetSolutionMetrics` tells.
        leaderboard: Rows of `evaluation.leaderboard`, the recipe's own first.
        split: What the metrics were made from, in numbers.
        test_rows: The same as arrays by name, to be downloaded.
    """

    model: Fitted
    metrics: Mapping[str, float]
    leaderboard: list[dict[str, Any]]
    split: Mapping[str, float]
    test_rows: Mapping[str, npt.NDArray[Any]]


Judge = Callable[[RecipeEntry, Recipe, TrainingSet, int, Progress], Judged]
"""Takes the recipe's entry, the recipe, all rows, the seed, and whom to tell of progress."""


def judge_items(
    entry: RecipeEntry, recipe: Recipe, training_set: TrainingSet, seed: int, progress: Progress
) -> Judged:
    """Judge by the items found for the users of the service's split, beside the baselines.

    Raises:
        ValueError: There are too few users or rows to split.
    """
    split = service_split(training_set, seed)
    model = recipe.fit(split.train, seed=seed, progress=progress)
    assert isinstance(model, Model)
    progress(Step("measuring", 1.0))
    scorers: dict[str, Model] = {entry.name: model, **fit_baselines(split.train, seed=seed)}
    board = leaderboard(scorers, _asked(entry, split))
    return Judged(model, board[0]["service"], board, split.summary(), split.test_rows())


def _asked(entry: RecipeEntry, split: Split) -> Split:
    related = entry.recipe_type is RecipeType.RELATED_ITEMS
    return asking_for_related(split) if related else split


JUDGES: Mapping[RecipeType, Judge] = {
    RecipeType.USER_PERSONALIZATION: judge_items,
    RecipeType.PERSONALIZED_RANKING: judge_items,
    RecipeType.POPULAR_ITEMS: judge_items,
    RecipeType.RELATED_ITEMS: judge_items,
}
