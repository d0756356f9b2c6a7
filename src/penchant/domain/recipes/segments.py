"""Recipes that find users for items."""

from datetime import UTC, datetime

from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType

_FACTORS = {"hidden_dimension": Parameter("149", 32, 256, integer=True)}

ENTRIES = (
    RecipeEntry(
        name="aws-item-affinity",
        recipe_type=RecipeType.USER_SEGMENTATION,
        family="item-affinity",
        feature_transformation="item-affinity",
        description="Finds the users who will most likely interact with an item.",
        hyper_parameters=_FACTORS,
        created_at=datetime(2021, 7, 15, tzinfo=UTC),
    ),
    RecipeEntry(
        name="aws-item-attribute-affinity",
        recipe_type=RecipeType.USER_SEGMENTATION,
        family="item-attribute-affinity",
        feature_transformation="item-attribute-affinity",
        description="Finds the users who will most likely interact with items of some attributes.",
        filters_by_events=False,
        hyper_parameters=_FACTORS,
        created_at=datetime(2021, 8, 25, tzinfo=UTC),
    ),
)
