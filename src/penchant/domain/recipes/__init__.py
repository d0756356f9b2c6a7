"""The catalogue of recipes: names, types, hyper-parameters with defaults and ranges.

Facts of the service's developer guide; what a recipe learns stands in `penchant.recipes`.
"""

from collections.abc import Mapping

from penchant.domain.recipes import actions, personalization, popularity, preview, related, segments
from penchant.domain.recipes.catalogue import Catalogue
from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType

__all__ = ["BUILT_IN", "RECIPES", "Catalogue", "Parameter", "RecipeEntry", "RecipeType"]

RECIPES: Mapping[str, RecipeEntry] = {
    entry.arn: entry
    for entries in (
        personalization.ENTRIES,
        related.ENTRIES,
        popularity.ENTRIES,
        actions.ENTRIES,
        segments.ENTRIES,
        preview.ENTRIES,
    )
    for entry in entries
}

BUILT_IN = Catalogue(tuple(RECIPES.values()))
"""The recipes of an installation that has added none."""
