"""What `performAutoML` chooses among, and by what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penchant.domain import metrics
from penchant.domain.recipes import Catalogue, RecipeEntry, RecipeType

IN_TIME: Final = "temporal:"
"""Before a metric's name: judge on the newest tenth of all time, not of each user's history."""
_CANDIDATES: Final = (
    "aws-user-personalization-v2",
    "aws-user-personalization",
    "aws-hrnn",
    "aws-hrnn-metadata",
    "aws-trending-now",
    "aws-popularity-count",
)
_FOR_USERS: Final = frozenset({RecipeType.USER_PERSONALIZATION, RecipeType.POPULAR_ITEMS})


@dataclass(frozen=True, slots=True)
class Wish:
    """What an `autoMLConfig` asks for.

    Attributes:
        candidates: The recipes to train, at least one.
        metric: One of `metrics.OF_ITEMS`; the highest wins.
        in_time: Whether to judge at one moment for everybody.
    """

    candidates: tuple[RecipeEntry, ...]
    metric: str = metrics.MAIN
    in_time: bool = False


def read_wish(config: Mapping[str, Any], recipes: Catalogue) -> Wish:
    """Read an `autoMLConfig`; what is left out has Penchant's defaults.

    Args:
        config: As sent.
        recipes: What there is to choose among.

    Raises:
        ValueError: The metric is unknown, or a recipe is unknown or of another use.
    """
    sent = config.get("metricName") or metrics.MAIN
    metric = sent.removeprefix(IN_TIME)
    if metric not in metrics.OF_ITEMS:
        raise ValueError(
            f"metricName {sent!r} is none of {', '.join(metrics.OF_ITEMS)}; each may follow "
            f"{IN_TIME!r}"
        )
    listed = config.get("recipeList") or [one.arn for one in _default_candidates(recipes)]
    return Wish(_entries(listed, recipes), metric, sent.startswith(IN_TIME))


def _default_candidates(recipes: Catalogue) -> list[RecipeEntry]:
    by_name = {one.name: one for one in recipes.entries}
    return [by_name[name] for name in _CANDIDATES if name in by_name]


def _entries(arns: Sequence[str], recipes: Catalogue) -> tuple[RecipeEntry, ...]:
    entries = []
    for arn in dict.fromkeys(arns):
        entry = recipes.find(arn)
        if entry is None or entry.use_case or entry.recipe_type not in _FOR_USERS:
            raise ValueError(
                f"recipeList names {arn!r}, which is no recipe that recommends items to users; "
                "ListRecipes shows what there is"
            )
        entries.append(entry)
    return tuple(entries)
