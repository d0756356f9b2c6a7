"""What the catalogue tells of one recipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from penchant.domain.arns import public
from penchant.domain.recipes.sources import Source
from penchant.domain.recipes.use_cases import UseCase


class RecipeType(StrEnum):
    """What a recipe's answers are for."""

    USER_PERSONALIZATION = "USER_PERSONALIZATION"
    POPULAR_ITEMS = "POPULAR_ITEMS"
    PERSONALIZED_RANKING = "PERSONALIZED_RANKING"
    RELATED_ITEMS = "RELATED_ITEMS"
    USER_SEGMENTATION = "USER_SEGMENTATION"
    PERSONALIZED_ACTIONS = "PERSONALIZED_ACTIONS"


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
        tells_reasons: Whether answers say why an item stands in them that is not there for its
            score.
        explores: Whether campaigns take an `itemExplorationConfig`.
        own_exploration: The weight of exploration that nobody is asked for, where they do not.
        refreshes: Whether a deployed version takes in new items and counts between trainings.
        takes_event_weights: Whether solutions take an `eventsConfig`.
        takes_objective: Whether solutions take an `optimizationObjective`.
        takes_influence: Whether campaigns take a `rankingInfluence`.
        takes_included_columns: Whether solutions take `includedDatasetColumns`.
        updates_incrementally: Whether solutions take `performIncrementalUpdate`.
        needs_interactions: Whether nothing can be learned without interactions.
        batches: Whether it answers in batch jobs.
        makes_themes: Whether batch jobs may ask for themes.
        filters_by_events: Whether filters of its answers may look at interactions.
        training_modes: What `CreateSolutionVersion` may ask for.
        aliases: Older names of the same recipe, each an ARN of its own.
        algorithm: The algorithm's name where it is not the recipe's.
        requires_user: Whether GetRecommendations needs a `userId`.
        tells_metadata: Whether answers may carry metadata without a campaign's saying so.
        source: Where what learns it is; None: in this package.
        use_case: What a recommender of it is for; None of a recipe for solutions.
    """

    name: str
    recipe_type: RecipeType
    family: str
    feature_transformation: str
    description: str
    hyper_parameters: Mapping[str, Parameter] = field(default_factory=dict)
    feature_parameters: Mapping[str, Parameter] = field(default_factory=dict)
    scores: bool = False
    tells_reasons: bool = False
    explores: bool = False
    own_exploration: float = 0.0
    refreshes: bool = False
    takes_event_weights: bool = False
    takes_objective: bool = False
    takes_influence: bool = False
    takes_included_columns: bool = False
    updates_incrementally: bool = False
    needs_interactions: bool = True
    batches: bool = True
    makes_themes: bool = False
    filters_by_events: bool = True
    training_modes: tuple[str, ...] = ("FULL",)
    aliases: tuple[str, ...] = ()
    algorithm: str = ""
    requires_user: bool = True
    tells_metadata: bool = False
    source: Source | None = None
    use_case: UseCase | None = None
    created_at: datetime = datetime(2019, 6, 10, tzinfo=UTC)

    @property
    def arn(self) -> str:
        """The recipe's ARN."""
        return public("recipe", self.name)

    @property
    def algorithm_arn(self) -> str:
        """The algorithm's ARN."""
        return public("algorithm", self.algorithm_name)

    @property
    def algorithm_name(self) -> str:
        """The algorithm's name, the recipe's unless another is given."""
        return self.algorithm or self.name

    @property
    def feature_transformation_arn(self) -> str:
        """The feature transformation's ARN."""
        return public("feature-transformation", self.feature_transformation)
