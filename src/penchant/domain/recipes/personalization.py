"""Recipes that recommend to users, or rank for them, by their history."""

from datetime import UTC, datetime

from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType

_HISTORY_PERCENTILES = {
    "min_user_history_length_percentile": Parameter("0.0", 0, 1),
    "max_user_history_length_percentile": Parameter("0.99", 0, 1),
}
_HRNN = {
    "hidden_dimension": Parameter("149", 32, 256, integer=True, tunable=True),
    "bptt": Parameter("32", 2, 32, integer=True, tunable=True),
    "recency_mask": Parameter("True", choices=("True", "False"), tunable=True),
}
_SMALL_HRNN = _HRNN | {
    "hidden_dimension": Parameter("43", 32, 256, integer=True, tunable=True),
}
_COLD_START = {
    "cold_start_max_interactions": Parameter("15", 1, integer=True),
    "cold_start_max_duration": Parameter("5.0", 0),
    "cold_start_relative_from": Parameter("latestItem", choices=("latestItem", "currentTime")),
}
_TRANSFORMER = {"apply_recency_bias": Parameter("true", choices=("true", "false"))}

ENTRIES = (
    RecipeEntry(
        name="aws-user-personalization-v2",
        recipe_type=RecipeType.USER_PERSONALIZATION,
        family="transformer",
        feature_transformation="aws-user-personalization-v2",
        description="Predicts the items a user will interact with, by a transformer.",
        hyper_parameters=_TRANSFORMER,
        scores=True,
        tells_metadata=True,
        tells_reasons=True,
        own_exploration=0.003,  # a thousandth of the places, as the service says
        refreshes=True,
        takes_event_weights=True,
        created_at=datetime(2024, 5, 1, tzinfo=UTC),
    ),
    RecipeEntry(
        name="aws-personalized-ranking-v2",
        recipe_type=RecipeType.PERSONALIZED_RANKING,
        family="transformer",
        feature_transformation="aws-personalized-ranking-v2",
        description="Reranks a list of items for a user, by a transformer.",
        hyper_parameters=_TRANSFORMER,
        scores=True,
        tells_metadata=True,
        takes_event_weights=True,
        created_at=datetime(2024, 1, 1, tzinfo=UTC),
    ),
    RecipeEntry(
        name="aws-user-personalization",
        recipe_type=RecipeType.USER_PERSONALIZATION,
        family="hrnn",
        feature_transformation="JSON-percentile-filtering",
        description="Predicts the items a user will interact with and explores cold items.",
        hyper_parameters=_HRNN,
        feature_parameters=_HISTORY_PERCENTILES,
        scores=True,
        explores=True,
        refreshes=True,
        takes_objective=True,
        training_modes=("FULL", "UPDATE"),
    ),
    RecipeEntry(
        name="aws-personalized-ranking",
        recipe_type=RecipeType.PERSONALIZED_RANKING,
        family="hrnn",
        feature_transformation="JSON-percentile-filtering",
        description="Reranks a list of items for a user.",
        hyper_parameters=_HRNN,
        feature_parameters=_HISTORY_PERCENTILES,
        scores=True,
        takes_objective=True,
    ),
    RecipeEntry(
        name="aws-hrnn",
        aliases=("awspersonalizehrnnmodel",),
        recipe_type=RecipeType.USER_PERSONALIZATION,
        family="hrnn-plain",
        feature_transformation="JSON-percentile-filtering",
        description="Predicts the items a user will interact with, from interactions alone.",
        hyper_parameters=_SMALL_HRNN,
        feature_parameters=_HISTORY_PERCENTILES,
        scores=True,
    ),
    RecipeEntry(
        name="aws-hrnn-metadata",
        recipe_type=RecipeType.USER_PERSONALIZATION,
        family="hrnn-metadata",
        feature_transformation="featurize_metadata",
        description="Predicts the items a user will interact with, metadata among its inputs.",
        hyper_parameters=_SMALL_HRNN,
        feature_parameters=_HISTORY_PERCENTILES,
        scores=True,
    ),
    RecipeEntry(
        name="aws-hrnn-coldstart",
        recipe_type=RecipeType.USER_PERSONALIZATION,
        family="hrnn-coldstart",
        feature_transformation="featurize_coldstart",
        description="Predicts which new items a user will interact with.",
        hyper_parameters=_HRNN,
        feature_parameters=_COLD_START | _HISTORY_PERCENTILES,
        scores=True,
        training_modes=("FULL", "UPDATE"),
    ),
)
