"""Whether a filter fits what a recipe answers."""

from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.filters.syntax import Expression, Source, Target

_TARGETS = {
    RecipeType.PERSONALIZED_ACTIONS: Target.ACTION,
    RecipeType.USER_SEGMENTATION: Target.USER,
}


def check_fits(expression: Expression, filter_arn: str, entry: RecipeEntry, who: str) -> None:
    """Check that a filter lets through what the recipe answers, and looks at what it knows.

    Args:
        expression: The filter.
        filter_arn: Its ARN.
        entry: The recipe.
        who: What answers, and by which recipe, as a sentence without its full stop.

    Raises:
        InvalidInputException: It filters something else, or looks at what nobody asks with.
    """
    kind, sources = entry.recipe_type, expression.sources
    wanted = _TARGETS.get(kind, Target.ITEM)
    if expression.target is not wanted:
        raise InvalidInputException(
            f"{filter_arn} filters {expression.target}; {who}, which answers with {wanted}."
        )
    if Source.CURRENT_ITEM in sources and kind is not RecipeType.RELATED_ITEMS:
        raise InvalidInputException(
            f"{filter_arn} looks at CurrentItem, which only recipes for related items know; {who}."
        )
    if Source.CURRENT_USER in sources and kind is RecipeType.USER_SEGMENTATION:
        raise InvalidInputException(
            f"{filter_arn} looks at CurrentUser, and a segment is asked for by nobody; use "
            "Users in the conditions."
        )
    if Source.INTERACTIONS in sources and not entry.filters_by_events:
        raise InvalidInputException(
            f"{filter_arn} looks at Interactions, which {entry.name} does not filter by; use Users."
        )
