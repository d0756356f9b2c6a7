"""Recipes that find items like an item."""

from datetime import UTC, datetime

from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType

ENTRIES = (
    RecipeEntry(
        name="aws-sims",
        aliases=("awspersonalizesimsmodel",),
        recipe_type=RecipeType.RELATED_ITEMS,
        family="sims",
        feature_transformation="sims",
        description="Finds items that the same users interacted with.",
        hyper_parameters={
            "popularity_discount_factor": Parameter("0.5", 0, 1, tunable=True),
            "min_cointeraction_count": Parameter("3", 0, 10, integer=True, tunable=True),
        },
        feature_parameters={
            "min_user_history_length_percentile": Parameter("0.005", 0, 1),
            "max_user_history_length_percentile": Parameter("0.995", 0, 1),
            "min_item_interaction_count_percentile": Parameter("0.01", 0, 1),
            "max_item_interaction_count_percentile": Parameter("0.9", 0, 1),
        },
    ),
    RecipeEntry(
        name="aws-similar-items",
        recipe_type=RecipeType.RELATED_ITEMS,
        family="similar-items",
        feature_transformation="similar-items",
        description="Finds items that are met together with an item or are like it by metadata.",
        hyper_parameters={
            "popularity_discount_factor": Parameter("0.0", 0, 1),
            "item_id_hidden_dim": Parameter("100", 30, 200, integer=True, tunable=True),
            "item_metadata_hidden_dim": Parameter("100", 30, 200, integer=True, tunable=True),
        },
        makes_themes=True,
    ),
    RecipeEntry(
        name="aws-semantic-similarity",
        recipe_type=RecipeType.RELATED_ITEMS,
        family="semantic-similarity",
        feature_transformation="aws-semantic-similarity",
        description="Finds items whose texts are near in meaning.",
        takes_influence=True,
        takes_included_columns=True,
        updates_incrementally=True,
        tells_metadata=True,
        needs_interactions=False,
        created_at=datetime(2025, 11, 30, tzinfo=UTC),
    ),
)
