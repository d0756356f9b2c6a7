"""Recipes that recommend to users, or rank for them, by their history."""

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

ENTRIES = (
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
    ),
)
