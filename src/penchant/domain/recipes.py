"""The catalogue of recipes: names, types, hyper-parameters with defaults and ranges.

Facts of the service's developer guide; what a recipe learns stands in `penchant.recipes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from penchant.domain.arns import public


class RecipeType(StrEnum):
    """What a recipe's answers are for."""

    USER_PERSONALIZATION = "USER_PERSONALIZATION"
    POPULAR_ITEMS = "POPULAR_ITEMS"
    PERSONALIZED_RANKING = "PERSONALIZED_RANKING"
    RELATED_ITEMS = "RELATED_ITEMS"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One hyper-parameter at the service's name.

    `low` and `high` bound numbers, both included; `choices` lists the words of the others.
    """

    default: str
    low: float | None = None
    high: float | None = None
    integer: bool = False
    choices: tuple[str, ...] = ()
    tunable: bool = False


@dataclass(frozen=True, slots=True)
class RecipeEntry:
    """One recipe as `DescribeRecipe` shows it, and how its answers behave.

    Attributes:
        family: The module of `penchant.recipes` and `penchant.models` that does the work.
        hyper_parameters: `algorithmHyperParameters` it takes.
        feature_parameters: `featureTransformationParameters` it takes.
        scores: Whether answers carry scores.
        explores: Whether campaigns take an `itemExplorationConfig`.
    """

    name: str
    recipe_type: RecipeType
    family: str
    feature_transformation: str
    description: str
    hyper_parameters: Mapping[str, Parameter] = field(default_factory=dict)
    feature_parameters: Mapping[str, Parameter] = field(default_factory=dict)
    scores: bool = False
    explores: bool = False
    created_at: datetime = datetime(2019, 6, 10, tzinfo=UTC)

    @property
    def arn(self) -> str:
        """The recipe's ARN."""
        return public("recipe", self.name)

    @property
    def algorithm_arn(self) -> str:
        """The algorithm's ARN; its name equals the recipe's."""
        return public("algorithm", self.name)

    @property
    def feature_transformation_arn(self) -> str:
        """The feature transformation's ARN."""
        return public("feature-transformation", self.feature_transformation)


_HISTORY_PERCENTILES = {
    "min_user_history_length_percentile": Parameter("0.0", 0, 1),
    "max_user_history_length_percentile": Parameter("0.99", 0, 1),
}
_HRNN = {
    "hidden_dimension": Parameter("149", 32, 256, integer=True, tunable=True),
    "bptt": Parameter("32", 2, 32, integer=True, tunable=True),
    "recency_mask": Parameter("True", choices=("True", "False"), tunable=True),
}

RECIPES: Mapping[str, RecipeEntry] = {
    entry.arn: entry
    for entry in (
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
        RecipeEntry(
            name="aws-popularity-count",
            recipe_type=RecipeType.POPULAR_ITEMS,
            family="popularity",
            feature_transformation="sims",
            description="Ranks items by the number of users who interacted with them.",
        ),
        RecipeEntry(
            name="aws-sims",
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
    )
}
