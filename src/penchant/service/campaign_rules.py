"""What a campaign's configuration may say."""

from collections.abc import Mapping
from typing import Any

from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.models.influence import Influence
from penchant.service.offers import refuse_true
from penchant.serving.exploration import ExplorationConfig


def check_config(entry: RecipeEntry, config: Mapping[str, Any] | None) -> None:
    """Check that the recipe can be deployed, and the settings and switches of the campaign.

    Raises:
        InvalidInputException: The recipe answers in batches alone, or a setting is unknown, out
            of range, or not the recipe's.
    """
    if entry.recipe_type is RecipeType.USER_SEGMENTATION:
        raise InvalidInputException(
            f"{entry.name} finds users for items and cannot be deployed in a campaign; "
            "call CreateBatchSegmentJob with the solution version."
        )
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
    _check_influence(entry, config)
    refuse_true(
        "syncWithLatestSolutionVersion",
        config.get("syncWithLatestSolutionVersion"),
        "call UpdateCampaign when a newer version is ACTIVE.",
    )


def _check_influence(entry: RecipeEntry, config: Mapping[str, Any]) -> None:
    if config.get("rankingInfluence") and not entry.takes_influence:
        raise InvalidInputException(
            f"{entry.name} takes no rankingInfluence; it belongs to aws-semantic-similarity."
        )
    try:
        Influence.read(config)
    except ValueError as error:
        raise InvalidInputException(f"campaignConfig: {error}.") from error
