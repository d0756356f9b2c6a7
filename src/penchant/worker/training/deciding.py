"""What is decided before a training learns: the recipe, and its hyper-parameters."""

from dataclasses import dataclass, field
from typing import Any, Final

from penchant.custom_recipes import catalogue_of
from penchant.data.training_set import TrainingSet
from penchant.domain.choices import Wish, read_wish
from penchant.domain.recipes import RecipeEntry
from penchant.domain.resources import Resource
from penchant.domain.search_spaces import budget
from penchant.recipes.contract import Progress, Recipe
from penchant.recipes.registry import recipe_of
from penchant.settings import Settings
from penchant.worker.training.choosing import choose
from penchant.worker.training.tuning import tune
from penchant.worker.training.validating import validation_split
from penchant.worker.training.wishes import config_of

_OF_A_TRIAL: Final = 0.6


@dataclass(frozen=True)
class Decided:
    """How to learn.

    Attributes:
        entry: The recipe.
        recipe: The same with its hyper-parameters, ready to learn.
        notes: What the version keeps of the decisions, JSON values: `recipeArn` and `choice` where
            the recipe was chosen, `tunedHPOParams` and `trials` where it was tuned.
    """

    entry: RecipeEntry
    recipe: Recipe
    notes: dict[str, Any] = field(default_factory=dict)


def weights(version: Resource, settings: Settings) -> tuple[float, float]:
    """How long choosing and tuning take, in trainings; 0 for what is not asked for."""
    choosing = tuning = 0.0
    if version.sent.get("performAutoML"):
        choosing = float(len(_wish(version, settings).candidates))
    if version.sent.get("performHPO"):
        n_trials, n_parallel = budget(config_of(version).get("hpoConfig") or {})
        tuning = _OF_A_TRIAL * n_trials / n_parallel
    return choosing, tuning


def decide(
    version: Resource,
    training_set: TrainingSet,
    settings: Settings,
    choosing: Progress,
    tuning: Progress,
) -> Decided:
    """Choose and tune as far as the solution asks for it.

    Args:
        version: The solution version.
        training_set: All rows; decided is on those alone that the final split learns from.
        settings: Seed, processes and recipes.
        choosing: Told how far the choice of the recipe is.
        tuning: Told how far the search is.

    Raises:
        ValueError: Nothing can be learned with; the text is for `failureReason`.
    """
    config = config_of(version)
    notes: dict[str, Any] = {}
    if version.sent.get("performAutoML"):
        entry, notes = _choose(version, training_set, settings, choosing)
    else:
        entry = catalogue_of(settings).get(version.sent["recipeArn"])
    parameters = dict(config.get("algorithmHyperParameters") or {})
    if version.sent.get("performHPO") and _can_be_tuned(entry, version):
        tuned = tune(
            entry,
            config,
            validation_split(training_set, settings.seed),
            seed=settings.seed,
            n_processes=settings.tuning_processes,
            progress=tuning,
        )
        parameters |= tuned.setting
        notes["tunedHPOParams"] = {"algorithmHyperParameters": parameters}
        notes["trials"] = tuned.trials
    features = config.get("featureTransformationParameters") or {}
    return Decided(entry, recipe_of(entry, parameters, features), notes)


def _choose(
    version: Resource, training_set: TrainingSet, settings: Settings, progress: Progress
) -> tuple[RecipeEntry, dict[str, Any]]:
    """The best recipe, and what the version keeps of the choice."""
    wish = _wish(version, settings)
    split = validation_split(training_set, settings.seed, in_time=wish.in_time)
    chosen = choose(wish, split, seed=settings.seed, progress=progress)
    choice = {
        "metricName": wish.metric,
        "inTime": wish.in_time,
        "split": split.summary(),
        "leaderboard": chosen.leaderboard,
        "failed": dict(chosen.failed),
    }
    return chosen.entry, {"recipeArn": chosen.entry.arn, "choice": choice}


def _wish(version: Resource, settings: Settings) -> Wish:
    return read_wish(config_of(version).get("autoMLConfig") or {}, catalogue_of(settings))


def _can_be_tuned(entry: RecipeEntry, version: Resource) -> bool:
    """A recipe that was chosen may have nothing to tune; one that was named has been checked."""
    tunable = any(one.tunable for one in entry.hyper_parameters.values())
    return tunable or not version.sent.get("performAutoML")
