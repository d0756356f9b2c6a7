"""What recipes learn of metadata before they learn from interactions."""

from typing import Final

import numpy as np

from penchant.data.training_set import Features, TrainingSet
from penchant.models.attributes import MOST_CODES, NONE, AttributeCoding, Attributes, joined
from penchant.models.coding import Coding
from penchant.models.reading import Reading
from penchant.models.texts import TextMap
from penchant.recipes.texts import learn_text_map

__all__ = [
    "MOST_CODES",
    "NONE",
    "TEXT_DIM",
    "AttributeCoding",
    "Attributes",
    "learn_coding",
    "learn_reading",
]

TEXT_DIM: Final = 64
"""Numbers of a vector of texts."""


def learn_reading(training_set: TrainingSet, rng: np.random.Generator) -> Reading:
    """Learn how to read all metadata and the contexts; without texts `rng` is not touched."""
    return Reading(
        learn_coding(training_set.item_features, training_set.n_items, rng),
        learn_coding(training_set.user_features, training_set.n_users, rng),
        Coding.learned_from(training_set.contexts),
    )


def learn_coding(features: Features, n_rows: int, rng: np.random.Generator) -> AttributeCoding:
    """Learn how to read the metadata of items or users.

    Args:
        features: Their metadata; without texts `rng` is not touched.
        n_rows: How many they are.
        rng: Source of the texts' directions.
    """
    texts = TextMap.empty()
    if features.texts:
        learned = learn_text_map(joined(features, n_rows), TEXT_DIM, rng)
        texts = learned if learned.terms else texts
    return AttributeCoding(Coding.learned_from(features), texts)
