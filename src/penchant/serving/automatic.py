"""What a use case leaves out by itself, before the filter of a request."""

from collections.abc import Sequence

import numpy as np

from penchant.data.training_set import Bools
from penchant.domain.recipes import RecipeEntry
from penchant.filters.parsing import parse
from penchant.filters.syntax import Expression
from penchant.serving.sight import Passing


def automatic(recipe: RecipeEntry) -> Expression | None:
    """The filter that every answer of a recipe goes through; None for most recipes."""
    if recipe.use_case is None or not recipe.use_case.leaves_out:
        return None
    kind = recipe.use_case.leaves_out
    return parse(f'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("{kind}")')


def both(first: Passing | None, second: Passing | None) -> Passing | None:
    """What two filters of one request let through; None: everything."""
    if first is None or second is None:
        return second if first is None else first
    one, other = first, second

    def strangers(names: Sequence[str]) -> Bools:
        passing: Bools = one.strangers(names) & other.strangers(names)
        return passing

    return Passing(other.rows, other.mask & _on_rows(one, other), strangers)


def _on_rows(one: Passing, other: Passing) -> Bools:
    """What `one` lets through of the rows of `other`, which may have been read at another time."""
    if one.rows is other.rows:
        return one.mask
    ids = [*other.rows.catalogue.ids, *other.rows.others.ids]
    return np.array(one.lets(ids), np.bool_)
