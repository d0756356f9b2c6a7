"""Which loader reads which family's model, and what brings it up to newer data."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.cold_items import ColdItemsModel
from penchant.models.contract import Fitted
from penchant.models.deepfm import DeepFmModel
from penchant.models.ffnn import FfnnModel
from penchant.models.hrnn import HrnnModel
from penchant.models.hrnn_refresh import renewed, renewed_cold_items
from penchant.models.popularity import PopularityModel
from penchant.models.sims import SimsModel

Loader = Callable[[Path, dict[str, Any], Vocabulary, tuple[str, ...]], Fitted]
"""Takes the model's folder, its description, the catalogue and the event types."""

Renewer = Callable[[Any, TrainingSet], Fitted]
"""Takes a family's model and what there is now; gives it with new items and users in it."""

LOADERS: Mapping[str, Loader] = {
    "deepfm": DeepFmModel.load,
    "ffnn": FfnnModel.load,
    "hrnn": HrnnModel.load,
    "hrnn-coldstart": ColdItemsModel.load,
    "hrnn-metadata": HrnnModel.load,
    "hrnn-plain": HrnnModel.load,
    "popularity": PopularityModel.load,
    "sims": SimsModel.load,
}

RENEWERS: Mapping[str, Renewer] = {
    "hrnn": renewed,
    "hrnn-coldstart": renewed_cold_items,
}
