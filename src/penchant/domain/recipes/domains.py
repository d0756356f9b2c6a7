"""Recipes of the domains ECOMMERCE and VIDEO_ON_DEMAND: each is a use case, learned by a family.

docs/how-to/domain-recommenders.md says why each use case has the family that it has.
"""

from datetime import UTC, datetime
from typing import Any, Final

from penchant.domain.recipes.entry import RecipeEntry, RecipeType
from penchant.domain.recipes.use_cases import Domain, UseCase

_SINCE: Final = datetime(2021, 11, 29, tzinfo=UTC)
_ITEM: Final = ("itemId",)
_BOTH: Final = ("itemId", "userId")
_VIEW, _PURCHASE, _WATCH = "View", "Purchase", "Watch"


def _entry(
    name: str,
    recipe_type: RecipeType,
    family: str,
    description: str,
    use_case: UseCase,
    **traits: Any,
) -> RecipeEntry:
    return RecipeEntry(
        name=name,
        recipe_type=recipe_type,
        family=family,
        feature_transformation=name,
        description=description,
        use_case=use_case,
        requires_user="userId" in use_case.asks_for,
        created_at=_SINCE,
        **traits,
    )


_SHOP = (
    _entry(
        "aws-ecomm-popular-items-by-views",
        RecipeType.POPULAR_ITEMS,
        "popularity",
        "Ranks items by the number of users who viewed them.",
        UseCase(Domain.ECOMMERCE, "Most viewed", _VIEW),
    ),
    _entry(
        "aws-ecomm-popular-items-by-purchases",
        RecipeType.POPULAR_ITEMS,
        "popularity",
        "Ranks items by the number of users who purchased them.",
        UseCase(Domain.ECOMMERCE, "Best sellers", _PURCHASE),
    ),
    _entry(
        "aws-ecomm-frequently-bought-together",
        RecipeType.RELATED_ITEMS,
        "similar-items",
        "Finds items that the users who purchased an item purchased with it.",
        UseCase(Domain.ECOMMERCE, "Frequently bought together", _PURCHASE, _ITEM),
    ),
    _entry(
        "aws-ecomm-customers-who-viewed-x-also-viewed",
        RecipeType.RELATED_ITEMS,
        "similar-items",
        "Finds items that the users who viewed an item viewed too, but for what the user bought.",
        UseCase(
            Domain.ECOMMERCE,
            "Customers who viewed X also viewed",
            _VIEW,
            _BOTH,
            leaves_out=_PURCHASE,
        ),
    ),
    _entry(
        "aws-ecomm-recommended-for-you",
        RecipeType.USER_PERSONALIZATION,
        "transformer",
        "Predicts the items a user will interact with, but for those bought, and explores items.",
        UseCase(Domain.ECOMMERCE, "Recommended for you", leaves_out=_PURCHASE),
        explores=True,
        refreshes=True,
    ),
)
_VIDEO = (
    _entry(
        "aws-vod-because-you-watched-x",
        RecipeType.RELATED_ITEMS,
        "similar-items",
        "Finds videos that the users who watched a video watched too, but for those watched.",
        UseCase(Domain.VIDEO_ON_DEMAND, "Because you watched X", _WATCH, _BOTH, leaves_out=_WATCH),
    ),
    _entry(
        "aws-vod-more-like-x",
        RecipeType.RELATED_ITEMS,
        "similar-items",
        "Finds videos like a video, by metadata and by who met them, but for those watched.",
        UseCase(
            Domain.VIDEO_ON_DEMAND,
            "More like X",
            asks_for=_BOTH,
            leaves_out=_WATCH,
            needs_items=True,
        ),
    ),
    _entry(
        "aws-vod-most-popular",
        RecipeType.POPULAR_ITEMS,
        "popularity",
        "Ranks videos by the number of users who watched them.",
        UseCase(Domain.VIDEO_ON_DEMAND, "Most popular", _WATCH),
    ),
    _entry(
        "aws-vod-trending-now",
        RecipeType.POPULAR_ITEMS,
        "trending",
        "Ranks videos by how fast their interactions grow.",
        UseCase(Domain.VIDEO_ON_DEMAND, "Trending now", asks_for=()),
    ),
    _entry(
        "aws-vod-top-picks",
        RecipeType.USER_PERSONALIZATION,
        "transformer",
        "Predicts the videos a user will watch, but for those watched, and explores videos.",
        UseCase(Domain.VIDEO_ON_DEMAND, "Top picks for you", leaves_out=_WATCH),
        explores=True,
        refreshes=True,
    ),
)

ENTRIES: Final = _SHOP + _VIDEO
