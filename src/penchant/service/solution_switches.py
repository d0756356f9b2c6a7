"""What a solution's switches may say: tuning, choosing, incremental updates, training modes."""

from collections.abc import Mapping, Sequence
from typing import Any

from penchant.domain import statuses
from penchant.domain.choices import read_wish
from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import Catalogue, RecipeEntry
from penchant.domain.resources import Resource
from penchant.domain.search_spaces import budget, search_space
from penchant.domain.training_modes import TrainingMode, newest_in_full


def check_switches(
    entry: RecipeEntry, config: Mapping[str, Any], *, hpo: bool | None, incremental: bool | None
) -> None:
    """Check `performHPO` with its `hpoConfig`, and `performIncrementalUpdate`.

    Raises:
        InvalidInputException: The recipe cannot do it, or a part of `hpoConfig` does not fit.
    """
    check_incremental(entry, incremental)
    if hpo:
        check_tuning(entry, config.get("hpoConfig", {}))


def check_incremental(entry: RecipeEntry, incremental: bool | None) -> None:
    """Check `performIncrementalUpdate`.

    Raises:
        InvalidInputException: The recipe cannot do it.
    """
    if incremental and not entry.updates_incrementally:
        raise InvalidInputException(
            "performIncrementalUpdate=true belongs to aws-semantic-similarity; leave it out for "
            f"{entry.name}."
        )


def check_tuning(entry: RecipeEntry, config: Mapping[str, Any]) -> None:
    """Check that a recipe can be tuned as an `hpoConfig` says.

    Raises:
        InvalidInputException: It cannot; the text says what can be.
    """
    if "hpoObjective" in config:
        raise InvalidInputException(
            "solutionConfig.hpoConfig.hpoObjective cannot be configured; leave it out, and "
            "normalized_discounted_cumulative_gain_at_10 is what is raised."
        )
    try:
        search_space(entry, config)
        budget(config)
    except ValueError as error:
        raise InvalidInputException(f"solutionConfig.hpoConfig: {error}.") from error


def check_choosing(recipe_arn: str | None, config: Mapping[str, Any], recipes: Catalogue) -> None:
    """Check `performAutoML`, of whose configuration `autoMLConfig` alone counts.

    Raises:
        InvalidInputException: A recipe is named beside it, or `autoMLConfig` does not fit.
    """
    if recipe_arn is not None:
        raise InvalidInputException(
            f"performAutoML=true chooses the recipe itself; leave recipeArn {recipe_arn} out, or "
            "name it alone in autoMLConfig.recipeList."
        )
    try:
        read_wish(config.get("autoMLConfig") or {}, recipes)
    except ValueError as error:
        raise InvalidInputException(f"solutionConfig.autoMLConfig: {error}.") from error


def check_mode(mode: str, entry: RecipeEntry | None, versions: Sequence[Resource]) -> None:
    """Check the mode of a training.

    Args:
        mode: As sent.
        entry: The solution's recipe; None where it is chosen.
        versions: The solution's versions so far.

    Raises:
        InvalidInputException: The recipe does not know the mode, or there is nothing to update.
    """
    known = (TrainingMode.FULL,) if entry is None else entry.training_modes
    if mode not in known:
        name = "a solution with performAutoML" if entry is None else entry.name
        raise InvalidInputException(
            f"trainingMode {mode!r} is not one that {name} knows; use {' or '.join(known)}."
        )
    if mode == TrainingMode.UPDATE and newest_in_full(versions) is None:
        raise InvalidInputException(
            f"trainingMode {mode!r} goes on from a version that was trained with "
            f"{TrainingMode.FULL} and is {statuses.ACTIVE}; this solution has none, so create one "
            "first."
        )
