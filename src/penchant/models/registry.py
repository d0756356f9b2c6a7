"""Which loader reads which family's model."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from penchant.data.vocabulary import Vocabulary
from penchant.models.contract import Fitted
from penchant.models.hrnn import HrnnModel
from penchant.models.popularity import PopularityModel
from penchant.models.sims import SimsModel

Loader = Callable[[Path, dict[str, Any], Vocabulary, tuple[str, ...]], Fitted]
"""Takes the model's folder, its description, the catalogue and the event types."""

LOADERS: Mapping[str, Loader] = {
    "hrnn": HrnnModel.load,
    "popularity": PopularityModel.load,
    "sims": SimsModel.load,
}
