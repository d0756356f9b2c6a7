"""Recipes of the preview of 2018; of their hyper-parameters nothing is documented, so ours."""

from datetime import UTC, datetime

from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType

_PREVIEWED_AT = datetime(2018, 11, 28, tzinfo=UTC)
_HISTORY_PERCENTILES = {
    "min_user_history_length_percentile": Parameter("0.0", 0, 1),
    "max_user_history_length_percentile": Parameter("0.99", 0, 1),
}
_POOLED = {
    "embedding_dimension": Parameter("64", 16, 256, integer=True, tunable=True),
    "hidden_layers": Parameter("2", 1, 3, integer=True, tunable=True),
    "history_length": Parameter("200", 10, 200, integer=True, tunable=True),
    "recency_mask": Parameter("True", choices=("True", "False"), tunable=True),
}

ENTRIES = (
    RecipeEntry(
        name="awspersonalizedeepfmmodel",
        recipe_type=RecipeType.USER_PERSONALIZATION,
        family="deepfm",
        feature_transformation="JSON-percentile-filtering",
        description="Predicts the items a user will interact with by a deep factorization machine.",
        hyper_parameters=_POOLED
        | {"hidden_dimension": Parameter("32", 8, 128, integer=True, tunable=True)},
        feature_parameters=_HISTORY_PERCENTILES,
        scores=True,
        takes_event_weights=True,
        created_at=_PREVIEWED_AT,
    ),
    RecipeEntry(
        name="awspersonalizeffnnmodel",
        recipe_type=RecipeType.USER_PERSONALIZATION,
        family="ffnn",
        feature_transformation="JSON-percentile-filtering",
        description="Predicts the items a user will interact with by a feed-forward network.",
        hyper_parameters=_POOLED
        | {"hidden_dimension": Parameter("128", 32, 512, integer=True, tunable=True)},
        feature_parameters=_HISTORY_PERCENTILES,
        scores=True,
        takes_event_weights=True,
        created_at=_PREVIEWED_AT,
    ),
)
