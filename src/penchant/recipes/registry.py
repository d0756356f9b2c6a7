"""Which recipe learns for which family."""

from collections.abc import Mapping

from penchant.recipes.contract import Recipe
from penchant.recipes.hrnn import Hrnn
from penchant.recipes.popularity import Popularity
from penchant.recipes.sims import Sims

FAMILIES: Mapping[str, type[Recipe]] = {
    "hrnn": Hrnn,
    "popularity": Popularity,
    "sims": Sims,
}
