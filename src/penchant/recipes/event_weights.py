"""How much each row counts in the loss, epoch by epoch.

Deferred re-weighting after Cao et al. (2019, Learning Imbalanced Datasets with Label-Distribution-
Aware Margin Loss): at first all rows count alike, so that histories are read as well as without
weights; then the weights decide what is answered. Weights from the start throw away what the rows
that count less tell of the order of things.
"""

from collections.abc import Iterator
from itertools import repeat
from typing import Final

import numpy as np

from penchant.data.training_set import Float32s, TrainingSet
from penchant.recipes.sampling import row_weights

_LEAST_WEIGHT: Final = np.float32(1e-6)


def weights_of_epochs(
    training_set: TrainingSet, *, recency: bool, n_alike: int
) -> Iterator[Float32s]:
    """How much each row counts as something to be predicted (n_rows,), one array per epoch.

    Never nothing: a step whose rows all weigh nothing would have no mean. Rows of weight 0 count
    least from the first epoch on, since nobody shall learn to predict them.

    Args:
        training_set: The rows; without weights all epochs are the same.
        recency: Whether newer rows count more, see `row_weights`.
        n_alike: Epochs before the rows' own weights count.
    """
    by_age = row_weights(training_set, recency=recency)
    if training_set.weights is None:
        yield from repeat(by_age)
        return
    counted = np.where(training_set.weights > 0, by_age, _LEAST_WEIGHT)
    yield from repeat(counted, n_alike)
    yield from repeat(np.maximum(by_age * training_set.weights, _LEAST_WEIGHT))
