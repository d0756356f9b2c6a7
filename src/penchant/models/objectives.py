"""Raising the rewards of answers: a bounded sum on top of relevance."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from penchant.data.training_set import Float32s, Int64s, TrainingSet

PRICES: Final[Mapping[str, float]] = {"OFF": 1.0, "LOW": 2.0, "MEDIUM": 5.0, "HIGH": 20.0}
"""How many times more relevant an item without reward may be that one of the highest displaces."""


def raised_by(training_set: TrainingSet) -> Float32s:
    """What the objective adds to the score of every item, (n_items,); 0 where there is none.

    An item's reward is its place among the catalogue's values of the column, from 0 for the lowest
    to 1 for the highest, so that one extreme value does not decide alone; an item without a value
    has the mean. A score is the logarithm of a probability; the reward times the logarithm of the
    sensitivity's price is added to it. So an item never displaces one that is more than `price`
    times as probable for the user.

    Raises:
        ValueError: The column or the sensitivity is unknown.
    """
    objective = training_set.objective
    if objective is None:
        return np.zeros(training_set.n_items, np.float32)
    if objective.sensitivity not in PRICES:
        known = ", ".join(PRICES)
        raise ValueError(f"there is no sensitivity {objective.sensitivity!r}; take one of {known}")
    if objective.column not in training_set.item_features.numbers:
        raise ValueError(
            f"the objective's column {objective.column!r} is no numeric column of the items; "
            f"known: {', '.join(sorted(training_set.item_features.numbers)) or 'none'}"
        )
    rewards = _rewards(training_set.item_features.numbers[objective.column])
    return np.float32(np.log(PRICES[objective.sensitivity])) * rewards


def _rewards(values: Float32s) -> Float32s:
    """From 0 to 1 by the middle of each value's places; all 0 where all values are alike."""
    known = np.isfinite(values)
    rewards = np.zeros(len(values), np.float32)
    if not known.any():
        return rewards
    ordered = np.sort(values[known])
    places: Int64s = np.searchsorted(ordered, values[known], "left")
    middles = places + np.searchsorted(ordered, values[known], "right")
    lowest, highest = middles.min(), middles.max()
    if lowest < highest:
        rewards[known] = (middles - lowest) / (highest - lowest)
    rewards[~known] = rewards[known].mean()
    return rewards
