"""What a campaign's configuration may say."""

from collections.abc import Mapping
from typing import Any

from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeEntry
from penchant.service.offers import refuse_true
from penchant.serving.exploration import ExplorationConfig


def check_config(entry: RecipeEntry, config: Mapping[str, Any] | None) -> None:
    """Check the exploration settings and switches of a campaign.

    Raises:
        InvalidInputException: A setting is unknown, out of range, or not the recipe's.
    """
    config = config or {}
    if config.get("itemExplorationConfig") and not entry.explores:
        raise InvalidInputException(
            f"{entry.name} does not explore, so that it takes no itemExplorationConfig; "
            "leave it out."
        )
    try:
        ExplorationConfig.read(config)
    except ValueError as error:
        raise InvalidInputException(f"campaignConfig: {error}.") from error
    if "rankingInfluence" in config:
        raise InvalidInputException(
            f"{entry.name} takes no rankingInfluence; it belongs to aws-semantic-similarity."
        )
    refuse_true(
        "syncWithLatestSolutionVersion",
        config.get("syncWithLatestSolutionVersion"),
        "call UpdateCampaign when a newer version is ACTIVE.",
    )
