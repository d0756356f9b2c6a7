"""What a campaign's configuration may say."""

from collections.abc import Mapping
from typing import Any, Final

from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.domain.resources import Resource
from penchant.service.answer_config import check_answering
from penchant.service.campaign_updates import follows

LATEST: Final = "/$LATEST"
"""Ends the ARN of a solution where it stands for its newest version."""


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
    check_answering(entry, config or {}, "campaignConfig")


def check_following(
    version_arn: str | None, config: Mapping[str, Any] | None, campaign: Resource | None = None
) -> None:
    """Check that a campaign which follows its solution is given `<solutionArn>/$LATEST`.

    Args:
        version_arn: As sent; None leaves the campaign's as it is.
        config: As sent; None leaves the campaign's as it is.
        campaign: The one that is updated; None for a new one.

    Raises:
        InvalidInputException: `syncWithLatestSolutionVersion` is true, or stays so, and one
            version is named.
    """
    before = campaign is not None and follows(campaign.sent)
    after = before if config is None else follows({"campaignConfig": config})
    is_latest = before if version_arn is None else version_arn.endswith(LATEST)
    if after and not is_latest:
        raise InvalidInputException(
            "campaignConfig.syncWithLatestSolutionVersion=true needs solutionVersionArn in the "
            f"form <solutionArn>{LATEST}, not {version_arn or 'the version deployed before'}; "
            "give that, or false."
        )
