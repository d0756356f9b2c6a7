"""What a solution's configuration may say, checked before anything is trained."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from penchant.data.rules import excluded_columns, included_columns
from penchant.domain import parameters
from penchant.domain.auto_training import days_of
from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import Parameter, RecipeEntry

_MOST_DAYS = 30


def check_config(
    entry: RecipeEntry, config: Mapping[str, Any] | None, event_type: str | None = None
) -> None:
    """Check all of a solution's configuration but what it says of tuning and choosing.

    Raises:
        InvalidInputException: A part does not fit the recipe, is unknown, or out of its range.
    """
    config = config or {}
    _check_parameters(entry, "algorithmHyperParameters", entry.hyper_parameters, config)
    _check_parameters(entry, "featureTransformationParameters", entry.feature_parameters, config)
    _check_percentiles(entry, config.get("featureTransformationParameters", {}))
    check_schedule(config.get("autoTrainingConfig", {}).get("schedulingExpression"))
    _check_threshold(config.get("eventValueThreshold"))
    if event_type == "":
        raise InvalidInputException(
            "eventType is empty; name the type of events to learn from, or leave it out."
        )
    if "eventsConfig" in config:
        check_event_choice(entry, config, event_type)
    if "optimizationObjective" in config and not entry.takes_objective:
        raise InvalidInputException(
            f"solutionConfig.optimizationObjective is nothing that {entry.name} can follow; leave "
            "it out, or take aws-user-personalization or aws-personalized-ranking."
        )
    _check_training_data(entry, config.get("trainingDataConfig", {}))


def check_event_choice(
    entry: RecipeEntry, config: Mapping[str, Any], event_type: str | None
) -> None:
    """Check which events are learned from, where `eventsConfig` says so.

    Raises:
        InvalidInputException: It does not fit, or another member says so too.
    """
    check_events(entry, config["eventsConfig"])
    _refuse_two_ways(event_type, config)


def check_events(entry: RecipeEntry, config: Mapping[str, Any]) -> None:
    """Check which events are learned from, and how much each counts.

    Raises:
        InvalidInputException: The recipe weighs no events, a type is missing or stands twice, a
            threshold is not a number, or everything weighs nothing.
    """
    where = "solutionConfig.eventsConfig.eventParametersList"
    if not entry.takes_event_weights:
        raise InvalidInputException(
            f"solutionConfig.eventsConfig is nothing that {entry.name} can follow; name one "
            "eventType, or take aws-user-personalization-v2 or aws-personalized-ranking-v2."
        )
    listed: Sequence[Mapping[str, Any]] = config.get("eventParametersList", ())
    types = [one.get("eventType") for one in listed]
    if not listed or not all(types):
        raise InvalidInputException(f"{where} needs at least one entry, each with an eventType.")
    folded = [kind.lower() for kind in types if kind]
    twice = sorted({kind for kind in types if kind and folded.count(kind.lower()) > 1})
    if twice:
        raise InvalidInputException(
            f"{where} names {twice[0]!r} more than once; name it once, in any case."
        )
    if not all(math.isfinite(one.get("eventValueThreshold", 0)) for one in listed):
        raise InvalidInputException(f"{where} has an eventValueThreshold that is not a number.")
    if not any(one.get("weight", 1.0) > 0 for one in listed):
        raise InvalidInputException(f"{where} gives every type the weight 0; give one more.")


def _refuse_two_ways(event_type: str | None, config: Mapping[str, Any]) -> None:
    for member, value in (
        ("eventType", event_type),
        ("solutionConfig.eventValueThreshold", config.get("eventValueThreshold")),
    ):
        if value is not None:
            raise InvalidInputException(
                f"{member} and solutionConfig.eventsConfig both say which events to learn from; "
                "leave one of them out."
            )


def _check_parameters(
    entry: RecipeEntry, member: str, known: Mapping[str, Parameter], config: Mapping[str, Any]
) -> None:
    try:
        parameters.read(known, config.get(member, {}))
    except ValueError as error:
        raise InvalidInputException(f"solutionConfig.{member} of {entry.name}: {error}") from error


def _check_percentiles(entry: RecipeEntry, given: Mapping[str, str]) -> None:
    """Check that every `min_...` is at most its `max_...`."""
    values = parameters.read(entry.feature_parameters, given)
    for lower in values:
        upper = lower.replace("min_", "max_", 1)
        if lower == upper or upper not in values:
            continue
        least, most = values[lower], values[upper]
        if float(least) > float(most):
            raise InvalidInputException(
                f"solutionConfig.featureTransformationParameters: {lower} is {least:g}, which is "
                f"above {upper}, {most:g}; give a smaller one."
            )


def check_schedule(expression: str | None) -> None:
    """Check the days of `rate(N days)`, whose form the service's model has checked.

    Raises:
        InvalidInputException: They are none, or more than a month's.
    """
    if expression is not None and not 1 <= days_of(expression) <= _MOST_DAYS:
        raise InvalidInputException(
            "solutionConfig.autoTrainingConfig.schedulingExpression is "
            f"{expression!r}; give 1 to {_MOST_DAYS} days, such as 'rate(7 days)'."
        )


def _check_threshold(threshold: str | None) -> None:
    if threshold is None:
        return
    try:
        value = parameters.number(threshold)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInputException(
            f"solutionConfig.eventValueThreshold {threshold!r} is not a number; "
            "give the smallest EVENT_VALUE to learn from, such as '3.5'."
        )


def _check_training_data(entry: RecipeEntry, config: Mapping[str, Any]) -> None:
    where = "solutionConfig.trainingDataConfig"
    if config.get("includedDatasetColumns") and not entry.takes_included_columns:
        raise InvalidInputException(
            f"{where}.includedDatasetColumns belongs to aws-semantic-similarity; for "
            f"{entry.name} name the other columns in excludedDatasetColumns."
        )
    for member, read in (
        ("excludedDatasetColumns", excluded_columns),
        ("includedDatasetColumns", included_columns),
    ):
        try:
            read(config.get(member, {}))
        except ValueError as error:
            raise InvalidInputException(f"{where}.{member}: {error}.") from error
