"""Recipes that recommend actions."""

from datetime import UTC, datetime

from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType

ENTRIES = (
    RecipeEntry(
        name="aws-next-best-action",
        recipe_type=RecipeType.PERSONALIZED_ACTIONS,
        family="actions",
        feature_transformation="aws-next-best-action",
        description="Predicts the actions that a user will most likely take.",
        feature_parameters={
            "action_optimization_period": Parameter("14", 7, 28, integer=True),
        },
        scores=True,
        refreshes=True,
        created_at=datetime(2023, 8, 11, tzinfo=UTC),
    ),
)
