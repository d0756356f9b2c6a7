"""Trending now: `aws-trending-now`, items by the growth of their interactions.

What is learned is what happened of late; `penchant.data.trends` says how growth is reckoned, at
training and again while answering, as time goes on and events come in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.data.trends import WINDOWS
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.trending import TrendingModel
from penchant.recipes.contract import Progress, Step
from penchant.recipes.popularity import require_interactions, unique_users

_UNIT_S: Final = {"minutes": 60, "hour": 3_600, "hours": 3_600, "day": 86_400}


@dataclass(frozen=True)
class Trending:
    """`aws-trending-now` and its parameter.

    Attributes:
        window_s: `trend_discovery_frequency` in seconds, the length of the windows compared.
    """

    window_s: int = 7_200

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's words; see `Recipe.from_parameters`."""
        values = read_all("aws-trending-now", hyper_parameters, feature_parameters)
        number, unit = values["trend_discovery_frequency"].split()
        return cls(int(number) * _UNIT_S[unit])

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,  # noqa: ARG002  # counting needs no randomness
        progress: Progress,
        start: Fitted | None = None,  # noqa: ARG002  # counting anew is as fast
    ) -> TrendingModel:
        """Keep the rows of the newest windows; time O(n_rows log n_rows).

        Raises:
            ValueError: There are no interactions.
        """
        require_interactions(training_set)
        timestamps = training_set.timestamps
        newest = int(timestamps.max())
        recent = timestamps > newest - WINDOWS * self.window_s
        model = TrendingModel(
            items=training_set.items,
            event_type_names=training_set.event_type_names,
            window_s=self.window_s,
            trained_until=newest,
            popularity=unique_users(training_set).astype(np.float32),
            recent_users=training_set.user_indices[recent],
            recent_items=training_set.item_indices[recent],
            recent_timestamps=timestamps[recent],
        )
        progress(Step("counting", 1.0))
        return model
