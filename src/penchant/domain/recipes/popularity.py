"""Recipes whose answers are the same for everybody."""

from datetime import UTC, datetime

from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType

ENTRIES = (
    RecipeEntry(
        name="aws-popularity-count",
        aliases=("popularity-baseline",),
        recipe_type=RecipeType.POPULAR_ITEMS,
        family="popularity",
        feature_transformation="sims",
        description="Ranks items by the number of users who interacted with them.",
    ),
    RecipeEntry(
        name="aws-trending-now",
        recipe_type=RecipeType.POPULAR_ITEMS,
        family="trending",
        feature_transformation="trending-now",
        description="Ranks items by how fast their interactions grow.",
        feature_parameters={
            "trend_discovery_frequency": Parameter(
                "2 hours", choices=("30 minutes", "1 hour", "2 hours", "3 hours", "1 day")
            ),
        },
        algorithm="aws-trending-now-custom",
        batches=False,
        requires_user=False,
        created_at=datetime(2023, 1, 19, tzinfo=UTC),
    ),
)
