"""Popularity: the baseline that every other recipe has to beat.

`aws-popularity-count` ranks items by the number of different users who interacted with them, all
time counting alike. `RecentPopularity` forgets: an interaction's weight halves every few days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.popularity import PopularityModel
from penchant.recipes.contract import Progress, Step

_DAY_S: Final = 86_400


@dataclass(frozen=True)
class Popularity:
    """`aws-popularity-count`; it has no hyper-parameters."""

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Refuse whatever is given; see `Recipe.from_parameters`."""
        read_all("aws-popularity-count", hyper_parameters, feature_parameters)
        return cls()

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,  # noqa: ARG002  # counting needs no randomness
        progress: Progress,
        start: Fitted | None = None,  # noqa: ARG002  # counting anew is as fast
    ) -> PopularityModel:
        """Count users per item; time O(n_rows log n_rows).

        Raises:
            ValueError: There are no interactions.
        """
        require_interactions(training_set)
        popularity = unique_users(training_set).astype(np.float32)
        progress(Step("counting", 1.0))
        return PopularityModel(training_set.items, training_set.event_type_names, popularity)


@dataclass(frozen=True)
class RecentPopularity:
    """Popularity of late: every interaction weighs 2^(-age / half_life_days).

    Ages are counted from the newest interaction. Scores are places, 1 for the best item and 0 for
    the last, so that old items keep an order (by their number of users) where weights vanish.
    """

    half_life_days: float = 7.0

    def fit(self, training_set: TrainingSet) -> PopularityModel:
        """Sum the weights per item.

        Raises:
            ValueError: There are no interactions.
        """
        require_interactions(training_set)
        ages_s = training_set.timestamps.max() - training_set.timestamps
        weights = np.exp2(-ages_s / (self.half_life_days * _DAY_S))
        n_items = training_set.n_items
        recent = np.bincount(training_set.item_indices, weights, minlength=n_items)
        order = np.lexsort((unique_users(training_set), recent))
        places = np.empty(n_items, np.float32)
        places[order] = np.linspace(0, 1, n_items, dtype=np.float32)
        return PopularityModel(training_set.items, training_set.event_type_names, places)


def unique_users(training_set: TrainingSet) -> npt.NDArray[np.int64]:
    """How many different users interacted with each item, shape (n_items,)."""
    pairs = training_set.user_indices.astype(np.int64) * training_set.n_items
    pairs += training_set.item_indices
    pairs.sort()  # 20 times faster than numpy's hashing `unique` at 3 million rows
    first = np.concatenate([[True], pairs[1:] != pairs[:-1]])[: len(pairs)]
    return np.bincount(pairs[first] % training_set.n_items, minlength=training_set.n_items)


def require_interactions(training_set: TrainingSet) -> None:
    """Raise ValueError when there is nothing to learn from."""
    if training_set.n_rows == 0:
        raise ValueError("there are no interactions to learn from: import some or widen eventType")
