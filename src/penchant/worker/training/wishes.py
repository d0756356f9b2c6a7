"""What a solution version, or a recommender, asks of its training set, read from what was sent."""

from typing import Any, Final

from penchant.data.event_rules import EventRule
from penchant.data.training_set import Objective
from penchant.domain.arns import Kind
from penchant.domain.recipes import DOMAIN_RECIPES, UseCase
from penchant.domain.recommenders import wanted_config
from penchant.domain.resources import Resource

DEFAULT_SENSITIVITY: Final = "LOW"


def config_of(version: Resource) -> dict[str, Any]:
    """The parts of `solutionConfig` that count: of a solution that chooses, one alone.

    Of a recommender's configuration, that which is wanted, its choice of columns counts.
    """
    if version.kind is Kind.RECOMMENDER:
        wanted = wanted_config(version)
        return {name: value for name, value in wanted.items() if name == "trainingDataConfig"}
    config = dict(version.sent.get("solutionConfig") or {})
    if version.sent.get("performAutoML"):
        return {name: value for name, value in config.items() if name == "autoMLConfig"}
    return config


def events_of(version: Resource) -> dict[str, Any]:
    """Which events a version was trained on, as `penchant.domain.serving` has it."""
    config = config_of(version)
    members = {
        "eventType": version.sent.get("eventType"),
        "eventValueThreshold": config.get("eventValueThreshold"),
        "eventParametersList": config.get("eventsConfig", {}).get("eventParametersList"),
    }
    return {name: value for name, value in members.items() if value is not None}


def event_rules(version: Resource) -> list[EventRule]:
    """The interactions that the solution or the use case is about; none: all of them."""
    if version.kind is Kind.RECOMMENDER:
        learns_from = use_case_of(version).learns_from
        return [EventRule(learns_from)] if learns_from else []
    config = config_of(version)
    listed = (config.get("eventsConfig") or {}).get("eventParametersList", ())
    if listed:
        return [
            EventRule(one["eventType"], one.get("eventValueThreshold"), one.get("weight", 1.0))
            for one in listed
        ]
    only, threshold = version.sent.get("eventType"), config.get("eventValueThreshold")
    if only is None and threshold is None:
        return []
    return [EventRule(only, None if threshold is None else float(threshold))]


def use_case_of(recommender: Resource) -> UseCase:
    """What a recommender is for.

    Raises:
        KeyError: Its recipe is no domain recipe.
    """
    use_case = DOMAIN_RECIPES[recommender.sent["recipeArn"]].use_case
    assert use_case is not None  # as of every domain recipe
    return use_case


def objective(version: Resource) -> Objective | None:
    """What answers shall raise; None for nothing, or where its sensitivity is OFF."""
    wish = config_of(version).get("optimizationObjective") or {}
    sensitivity = wish.get("objectiveSensitivity", DEFAULT_SENSITIVITY)
    if "itemAttribute" not in wish or sensitivity == "OFF":
        return None
    return Objective(wish["itemAttribute"], sensitivity)
