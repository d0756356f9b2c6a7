"""What a solution's configuration may say, checked before anything is trained."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from penchant.data.rules import excluded_columns
from penchant.domain import parameters
from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import Parameter, RecipeEntry
from penchant.service.offers import refuse_true

_UNAVAILABLE: Final = ("hpoConfig", "autoMLConfig", "eventsConfig", "optimizationObjective")


def check_switches(*, perform_hpo: bool | None, perform_auto_ml: bool | None) -> None:
    """Refuse tuning and automatic choice, which this version does not do.

    Raises:
        InvalidInputException: One of the two is asked for.
    """
    refuse_true("performAutoML", perform_auto_ml, "name a recipeArn that ListRecipes shows.")
    refuse_true("performHPO", perform_hpo, "give algorithmHyperParameters in solutionConfig.")


def check_config(entry: RecipeEntry, config: Mapping[str, Any] | None) -> None:
    """Check hyper-parameters, event threshold and excluded columns.

    Raises:
        InvalidInputException: A part is unavailable, unknown, or out of its range.
    """
    config = config or {}
    for member in _UNAVAILABLE:
        if member in config:
            raise InvalidInputException(
                f"solutionConfig.{member} is not available in this version; leave it out."
            )
    _check_parameters(entry, "algorithmHyperParameters", entry.hyper_parameters, config)
    _check_parameters(entry, "featureTransformationParameters", entry.feature_parameters, config)
    _check_threshold(config.get("eventValueThreshold"))
    _check_training_data(config.get("trainingDataConfig", {}))


def _check_parameters(
    entry: RecipeEntry, member: str, known: Mapping[str, Parameter], config: Mapping[str, Any]
) -> None:
    try:
        parameters.read(known, config.get(member, {}))
    except ValueError as error:
        raise InvalidInputException(f"solutionConfig.{member} of {entry.name}: {error}") from error


def _check_threshold(threshold: str | None) -> None:
    try:
        value = float(threshold or 0)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInputException(
            f"solutionConfig.eventValueThreshold {threshold!r} is not a number; "
            "give the smallest EVENT_VALUE to learn from, such as '3.5'."
        )


def _check_training_data(config: Mapping[str, Any]) -> None:
    if config.get("includedDatasetColumns"):
        raise InvalidInputException(
            "solutionConfig.trainingDataConfig.includedDatasetColumns is not available in this "
            "version; name the other columns in excludedDatasetColumns."
        )
    _check_excluded(config.get("excludedDatasetColumns", {}))


def _check_excluded(excluded: Mapping[str, Sequence[str]]) -> None:
    try:
        excluded_columns(excluded)
    except ValueError as error:
        raise InvalidInputException(
            f"solutionConfig.trainingDataConfig.excludedDatasetColumns: {error}."
        ) from error
