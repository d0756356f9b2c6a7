"""Recipes whose answers are the same for everybody."""

from penchant.domain.recipes.entry import RecipeEntry, RecipeType

ENTRIES = (
    RecipeEntry(
        name="aws-popularity-count",
        recipe_type=RecipeType.POPULAR_ITEMS,
        family="popularity",
        feature_transformation="sims",
        description="Ranks items by the number of users who interacted with them.",
    ),
)
