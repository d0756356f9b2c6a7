"""The catalogue of recipes: names, types, hyper-parameters with defaults and ranges.

Facts of the service's developer guide; what a recipe learns stands in `penchant.recipes`.
"""

from collections.abc import Mapping

from penchant.domain.recipes import personalization, popularity, related
from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType

__all__ = ["RECIPES", "Parameter", "RecipeEntry", "RecipeType"]

RECIPES: Mapping[str, RecipeEntry] = {
    entry.arn: entry
    for entries in (personalization.ENTRIES, popularity.ENTRIES, related.ENTRIES)
    for entry in entries
}
