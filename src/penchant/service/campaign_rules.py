"""What a campaign's configuration may say."""

from collections.abc import Mapping
from typing import Any, Final

from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeEntry
from penchant.service.offers import refuse_true

_WEIGHT: Final = "explorationWeight"
_CUT_OFF: Final = "explorationItemAgeCutOff"


def check_config(entry: RecipeEntry, config: Mapping[str, Any] | None) -> None:
    """Check the exploration settings and switches of a campaign.

    Raises:
        InvalidInputException: A setting is unknown, out of range, or not the recipe's.
    """
    config = config or {}
    exploration = config.get("itemExplorationConfig", {})
    if exploration and not entry.explores:
        raise InvalidInputException(
            f"{entry.name} does not explore, so that it takes no itemExplorationConfig; "
            "leave it out."
        )
    for name, text in exploration.items():
        _check_exploration(name, text)
    if "rankingInfluence" in config:
        raise InvalidInputException(
            f"{entry.name} takes no rankingInfluence; it belongs to aws-semantic-similarity."
        )
    refuse_true(
        "syncWithLatestSolutionVersion",
        config.get("syncWithLatestSolutionVersion"),
        "call UpdateCampaign when a newer version is ACTIVE.",
    )


def _check_exploration(name: str, text: str) -> None:
    if name not in {_WEIGHT, _CUT_OFF}:
        raise InvalidInputException(
            f"itemExplorationConfig has no {name!r}; it takes {_WEIGHT} and {_CUT_OFF}."
        )
    try:
        value = float(text)
    except ValueError as error:
        raise InvalidInputException(f"{name} {text!r} is not a number.") from error
    if name == _WEIGHT and not 0 <= value <= 1:
        raise InvalidInputException(f"{name} {text!r} is out of range; give 0 to 1.")
    if name == _CUT_OFF and not value > 0:
        raise InvalidInputException(f"{name} {text!r} is out of range; give days above 0.")
