"""How a training judges its recipe before it learns from everything: one judge per recipe type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy.typing as npt

from penchant.data.training_set import TrainingSet
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.evaluation.leaderboard import asked_of, leaderboard, row
from penchant.evaluation.meanings import meaning_metrics
from penchant.evaluation.splits import service_split
from penchant.evaluation.trends import TREND_PREDICTION_ACCURACY, trend_prediction_accuracy
from penchant.models.contract import Fitted, Model
from penchant.recipes.baselines import fit_baselines
from penchant.recipes.contract import Progress, Recipe, Step, silent
from penchant.recipes.popularity import Popularity, RecentPopularity
from penchant.recipes.semantic import SemanticSimilarity
from penchant.recipes.trending import Trending
from penchant.worker.training.action_judging import board_of_actions
from penchant.worker.training.segment_judging import board_of_segments


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
    board = leaderboard(scorers, asked_of(entry, split))
    return Judged(model, board[0]["service"], board, split.summary(), split.test_rows())


def judge_popular(
    entry: RecipeEntry, recipe: Recipe, training_set: TrainingSet, seed: int, progress: Progress
) -> Judged:
    """`judge_items`, and for trending items whether the lists foretold what grew.

    Raises:
        ValueError: There are too few users or rows to split.
    """
    judged = judge_items(entry, recipe, training_set, seed, progress)
    if not isinstance(recipe, Trending):
        return judged
    accuracies = trend_prediction_accuracy(
        {
            entry.name: lambda known: recipe.fit(known, seed=seed, progress=silent),
            "popularity": lambda known: Popularity().fit(known, seed=seed, progress=silent),
            "recent popularity": RecentPopularity().fit,
        },
        training_set,
        recipe.window_s,
    )
    board = [_with_accuracy(row, accuracies) for row in judged.leaderboard]
    return replace(judged, metrics=board[0]["service"], leaderboard=board)


def _with_accuracy(row: dict[str, Any], accuracies: Mapping[str, float]) -> dict[str, Any]:
    if row["name"] not in accuracies:
        return row
    found = {TREND_PREDICTION_ACCURACY: round(accuracies[row["name"]], 4)}
    return {**row, "service": {**row["service"], **found}}


def judge_related(
    entry: RecipeEntry, recipe: Recipe, training_set: TrainingSet, seed: int, progress: Progress
) -> Judged:
    """`judge_items`; a recipe that compares meanings by the lists themselves.

    Raises:
        ValueError: There is too little to judge by, or nothing to embed.
    """
    if not isinstance(recipe, SemanticSimilarity):
        return judge_items(entry, recipe, training_set, seed, progress)
    model = recipe.fit(training_set, seed=seed, progress=progress)
    progress(Step("measuring", 1.0))
    board = [row(entry.name, meaning_metrics(model, seed), {})]
    return Judged(model, board[0]["service"], board, {}, {})


def judge_actions(
    entry: RecipeEntry, recipe: Recipe, training_set: TrainingSet, seed: int, progress: Progress
) -> Judged:
    """Judge by the actions that users took soon after moments of their past.

    Without interactions with actions there is nothing to judge by, and no metric.

    Raises:
        ValueError: There are no actions, or no interactions.
    """
    model, board, split = board_of_actions(entry, recipe, training_set, seed, progress)
    metrics = board[0]["service"] if board else {}
    return Judged(model, metrics, board, split.summary(), split.test_rows())


def judge_segments(
    entry: RecipeEntry, recipe: Recipe, training_set: TrainingSet, seed: int, progress: Progress
) -> Judged:
    """Judge by the users found for items, or for those of an attribute's value.

    Raises:
        ValueError: The recipe cannot learn from the rows, or none is left to compare.
    """
    model, board, split = board_of_segments(entry, recipe, training_set, seed, progress)
    return Judged(model, board[0]["service"], board, split.summary(), split.test_rows())


JUDGES: Mapping[RecipeType, Judge] = {
    RecipeType.PERSONALIZED_ACTIONS: judge_actions,
    RecipeType.USER_PERSONALIZATION: judge_items,
    RecipeType.PERSONALIZED_RANKING: judge_items,
    RecipeType.POPULAR_ITEMS: judge_popular,
    RecipeType.RELATED_ITEMS: judge_related,
    RecipeType.USER_SEGMENTATION: judge_segments,
}
