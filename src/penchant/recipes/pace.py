"""How long a training lasts and how fast it learns, by how much there is to learn from."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

_SHARE_FROM_START: Final = 1 / 3
"""Of epochs and learning rate, where training goes on from a model."""


@dataclass(frozen=True)
class Pace:
    """How long, and how fast.

    Attributes:
        epochs: Passes over the rows.
        epoch_steps: Steps of a pass.
        learning_rate: At the top of its cycle.
    """

    epochs: int
    epoch_steps: int
    learning_rate: float

    @property
    def n_steps(self) -> int:
        """Steps of the whole training."""
        return self.epochs * self.epoch_steps

    @property
    def gone_on(self) -> "Pace":
        """Of a training that goes on from a model."""
        epochs = math.ceil(self.epochs * _SHARE_FROM_START)
        return replace(self, epochs=epochs, learning_rate=self.learning_rate * _SHARE_FROM_START)


def enough_epochs(epoch_steps: int, usual: int) -> int:
    """Passes over the data: `usual`, fewer where one takes more than 2 000 steps, at least 2.

    Up to 20 where all together take fewer than 200 steps.
    """
    more = math.ceil(200 / epoch_steps)
    fewer = math.ceil(usual * math.sqrt(min(1.0, 2_000 / epoch_steps)))
    return min(20, max(2, more, fewer))


def enough_dropout(n_rows: int, *, steepness: float, most: float) -> float:
    """More for fewer rows, which are learned by heart: .2 for a million rows, .1 to `most`."""
    return float(np.clip(0.2 * math.pow(1_000_000 / n_rows, steepness), 0.1, most))
