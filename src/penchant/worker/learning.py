"""What happens inside a training: gather, judge on a split, learn from everything, keep."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from penchant.data.minimums import check_minimums
from penchant.data.training_set import TrainingSet
from penchant.domain.recipes import RECIPES, RecipeEntry
from penchant.domain.resources import Resource
from penchant.models.artifacts import write_artifact
from penchant.recipes.contract import Progress, Recipe, Step
from penchant.recipes.registry import FAMILIES
from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.judging import JUDGES
from penchant.worker.sources import gather

Tell = Callable[[dict[str, Any]], None]

_GATHERED: Final = 0.05
_JUDGED: Final = 0.55
_LEARNED: Final = 0.95


def learn(
    stores: Stores, settings: Settings, version_arn: str, folder: str, tell: Tell
) -> dict[str, Any]:
    """Train a solution version and write its artifact.

    The model is first fitted without the test users and judged; then the same model goes on to
    learn from everybody, so that what answers has seen all data and the metrics are honest.

    Args:
        stores: Where the data is.
        settings: Seed, threads and memory.
        version_arn: What to train.
        folder: Where the artifact goes, relative to the data folder.
        tell: Told each step.

    Returns:
        `metrics` and `leaderboard`, as JSON values.

    Raises:
        ValueError: The data is too little or does not fit; the text is for `failureReason`.
    """
    version = stores.resources.get(version_arn)
    if version is None:
        raise ValueError(f"{version_arn} was deleted; nothing was trained.")
    entry = RECIPES[version.sent["recipeArn"]]
    recipe = _recipe(entry, version)
    tell({"stage": "gathering", "done": 0.0})
    training_set = _training_set(stores, settings, version)
    judged = JUDGES[entry.recipe_type](
        entry,
        recipe,
        training_set,
        settings.seed,
        _scaled(tell, "learning", _GATHERED, _JUDGED),
    )
    model = recipe.fit(
        training_set,
        seed=settings.seed,
        progress=_scaled(tell, "learning from all users", _JUDGED, _LEARNED),
        start=judged.model,
    )
    tell({"stage": "saving", "done": _LEARNED})
    outcome: dict[str, Any] = {"metrics": judged.metrics, "leaderboard": judged.leaderboard}
    write_artifact(
        settings.data_dir / folder,
        model,
        training_set,
        recipe_arn=entry.arn,
        family=entry.family,
        max_history=settings.max_history,
        split=judged.split,
        test_rows=judged.test_rows,
        **outcome,
    )
    return outcome


def _recipe(entry: RecipeEntry, version: Resource) -> Recipe:
    config = version.sent.get("solutionConfig", {})
    return FAMILIES[entry.family].from_parameters(
        config.get("algorithmHyperParameters", {}),
        config.get("featureTransformationParameters", {}),
    )


def _training_set(stores: Stores, settings: Settings, version: Resource) -> TrainingSet:
    training_set = gather(stores, settings, version)
    check_minimums(
        training_set,
        event_type=version.sent.get("eventType"),
        minimum_interactions=settings.minimum_interactions,
    )
    return training_set


def _scaled(tell: Tell, stage: str, start: float, end: float) -> Progress:
    """A recipe's progress as part of the whole training's."""

    def progress(step: Step) -> None:
        tell({**asdict(step), "stage": stage, "done": start + step.done * (end - start)})

    return progress
