"""Which loader reads which family's model, and what brings it up to newer data."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import RecipeEntry
from penchant.domain.recipes.sources import EXTERNAL, PythonSource
from penchant.models.actions import ActionsModel
from penchant.models.actions_refresh import renewed_actions
from penchant.models.affinity import AffinityModel
from penchant.models.cold_items import ColdItemsModel
from penchant.models.contract import Fitted
from penchant.models.deepfm import DeepFmModel
from penchant.models.external import ExternalModel
from penchant.models.ffnn import FfnnModel
from penchant.models.hrnn import HrnnModel
from penchant.models.hrnn_refresh import renewed, renewed_cold_items
from penchant.models.named_classes import named_class
from penchant.models.popularity import PopularityModel
from penchant.models.semantic import SemanticModel
from penchant.models.semantic_texts import with_items_of
from penchant.models.similar_items import SimilarItemsModel
from penchant.models.sims import SimsModel
from penchant.models.transformer import TransformerModel
from penchant.models.transformer_refresh import renewed as renewed_transformer
from penchant.models.trending import TrendingModel

Loader = Callable[[Path, dict[str, Any], Vocabulary, tuple[str, ...]], Fitted]
"""Takes the model's folder, its description, the catalogue and the event types."""

Renewer = Callable[[Any, TrainingSet], Fitted]
"""Takes a family's model and what there is now; gives it with new items and users in it."""

LOADERS: Mapping[str, Loader] = {
    "actions": ActionsModel.load,
    "deepfm": DeepFmModel.load,
    EXTERNAL: ExternalModel.load,
    "ffnn": FfnnModel.load,
    "hrnn": HrnnModel.load,
    "hrnn-coldstart": ColdItemsModel.load,
    "hrnn-metadata": HrnnModel.load,
    "hrnn-plain": HrnnModel.load,
    "item-affinity": AffinityModel.load,
    "item-attribute-affinity": AffinityModel.load,
    "popularity": PopularityModel.load,
    "semantic-similarity": SemanticModel.load,
    "similar-items": SimilarItemsModel.load,
    "sims": SimsModel.load,
    "transformer": TransformerModel.load,
    "trending": TrendingModel.load,
}


def loaders_of(entries: Iterable[RecipeEntry]) -> Mapping[str, Loader]:
    """The loaders of all families of a catalogue; classes of others are imported when used."""
    others = {
        entry.family: partial(_load_other, entry.source.model)
        for entry in entries
        if isinstance(entry.source, PythonSource)
    }
    return {**others, **LOADERS}


def _load_other(
    name: str,
    folder: Path,
    description: dict[str, Any],
    items: Vocabulary,
    event_type_names: tuple[str, ...],
) -> Fitted:
    model: Fitted = named_class(name).load(folder, description, items, event_type_names)
    return model


RENEWERS: Mapping[str, Renewer] = {
    "actions": renewed_actions,
    "hrnn": renewed,
    "hrnn-coldstart": renewed_cold_items,
    "semantic-similarity": with_items_of,
    "transformer": renewed_transformer,
}
