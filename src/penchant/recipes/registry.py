"""Which recipe learns for which family."""

from collections.abc import Mapping

from penchant.recipes.contract import Recipe
from penchant.recipes.deepfm import DeepFm
from penchant.recipes.ffnn import Ffnn
from penchant.recipes.hrnn import Hrnn
from penchant.recipes.hrnn_variants import ColdStartHrnn, MetadataHrnn, PlainHrnn
from penchant.recipes.popularity import Popularity
from penchant.recipes.sims import Sims

FAMILIES: Mapping[str, type[Recipe]] = {
    "deepfm": DeepFm,
    "ffnn": Ffnn,
    "hrnn": Hrnn,
    "hrnn-coldstart": ColdStartHrnn,
    "hrnn-metadata": MetadataHrnn,
    "hrnn-plain": PlainHrnn,
    "popularity": Popularity,
    "sims": Sims,
}
