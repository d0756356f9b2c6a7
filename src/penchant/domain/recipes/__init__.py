"""The catalogue of recipes: names, types, hyper-parameters with defaults and ranges.

Facts of the service's developer guide; what a recipe learns stands in `penchant.recipes`.
"""

from collections.abc import Mapping

from penchant.domain.recipes import (
    actions,
    domains,
    personalization,
    popularity,
    preview,
    related,
    segments,
)
from penchant.domain.recipes.catalogue import Catalogue
from penchant.domain.recipes.entry import Parameter, RecipeEntry, RecipeType
from penchant.domain.recipes.use_cases import Domain, UseCase

__all__ = [
    "BUILT_IN",
    "DOMAIN_RECIPES",
    "RECIPES",
    "Catalogue",
    "Domain",
    "Parameter",
    "RecipeEntry",
    "RecipeType",
    "UseCase",
]

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
"""The recipes of solutions."""

DOMAIN_RECIPES: Mapping[str, RecipeEntry] = {entry.arn: entry for entry in domains.ENTRIES}
"""The recipes of recommenders; their families are among those above."""

BUILT_IN = Catalogue((*RECIPES.values(), *DOMAIN_RECIPES.values()))
"""The recipes of an installation that has added none."""
