"""Which recipe learns for which family."""

from collections.abc import Mapping

from penchant.domain.recipes import RecipeEntry
from penchant.domain.recipes.sources import CommandSource, PythonSource
from penchant.models.named_classes import named_class
from penchant.recipes.actions import Actions
from penchant.recipes.command import Command
from penchant.recipes.contract import Family, Recipe
from penchant.recipes.deepfm import DeepFm
from penchant.recipes.ffnn import Ffnn
from penchant.recipes.hrnn import Hrnn
from penchant.recipes.hrnn_variants import ColdStartHrnn, MetadataHrnn, PlainHrnn
from penchant.recipes.item_affinity import ItemAffinity, ItemAttributeAffinity
from penchant.recipes.popularity import Popularity
from penchant.recipes.semantic import SemanticSimilarity
from penchant.recipes.similar_items import SimilarItems
from penchant.recipes.sims import Sims
from penchant.recipes.transformer import Transformer
from penchant.recipes.trending import Trending

FAMILIES: Mapping[str, type[Family]] = {
    "actions": Actions,
    "deepfm": DeepFm,
    "ffnn": Ffnn,
    "hrnn": Hrnn,
    "hrnn-coldstart": ColdStartHrnn,
    "hrnn-metadata": MetadataHrnn,
    "hrnn-plain": PlainHrnn,
    "item-affinity": ItemAffinity,
    "item-attribute-affinity": ItemAttributeAffinity,
    "popularity": Popularity,
    "semantic-similarity": SemanticSimilarity,
    "similar-items": SimilarItems,
    "sims": Sims,
    "transformer": Transformer,
    "trending": Trending,
}


def recipe_of(
    entry: RecipeEntry,
    hyper_parameters: Mapping[str, str],
    feature_parameters: Mapping[str, str],
) -> Recipe:
    """What learns for an entry of the catalogue.

    Raises:
        ValueError: As `Recipe.from_parameters`.
    """
    match entry.source:
        case CommandSource() as source:
            return Command.read(entry, source, hyper_parameters, feature_parameters)
        case PythonSource() as source:
            family: type[Family] = named_class(source.recipe)
        case None:
            family = FAMILIES[entry.family]
    return family.from_parameters(hyper_parameters, feature_parameters)
