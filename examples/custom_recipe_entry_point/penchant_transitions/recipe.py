"""Counts what follows what; imported only where it learns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.domain.parameters import read
from penchant.models.contract import Fitted
from penchant.recipes.contract import Progress, Step
from penchant_transitions import ENTRY
from penchant_transitions.model import TransitionsModel


@dataclass(frozen=True)
class Transitions:
    """Its hyper-parameters.

    Attributes:
        window: Up to how many events back an item counts as followed by another.
        fading: Weight of an event relative to the next newer one.
    """

    window: int = 3
    fading: float = 0.5

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the texts of a solution's configuration."""
        values: dict[str, Any] = read(ENTRY.hyper_parameters, hyper_parameters)
        read(ENTRY.feature_parameters, feature_parameters)
        return cls(**values)

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,  # noqa: ARG002  # counting needs no randomness
        progress: Progress,
        start: Fitted | None = None,  # noqa: ARG002  # counting anew is as fast
    ) -> TransitionsModel:
        """Count pairs; memory n_items squared."""
        if training_set.n_rows == 0:
            raise ValueError("there are no interactions to learn from")
        n_items = training_set.n_items
        users, items = training_set.user_indices, training_set.item_indices
        counts = np.zeros((n_items, n_items), np.float32)
        for back in range(1, self.window + 1):
            same = users[back:] == users[:-back]
            pairs = (items[:-back][same], items[back:][same])
            np.add.at(counts, pairs, np.float32(self.fading ** (back - 1)))
            progress(Step("counting what follows", back / self.window))
        popularity = np.bincount(items, minlength=n_items).astype(np.float32)
        return TransitionsModel(
            training_set.items,
            training_set.event_type_names,
            counts / np.maximum(counts.sum(axis=1, keepdims=True), 1),
            popularity / popularity.sum(),
            self.window,
            self.fading,
        )
