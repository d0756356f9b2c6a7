"""Means of a history in which older events fade."""

from typing import Final

import numpy as np

from penchant.data.training_set import Float32s

_LEAST_WEIGHT: Final = 1e-6


def weights_by_age(decays: tuple[float, ...], n_ages: int) -> Float32s:
    """Weight of an event by mean and age, (n_decays, n_ages), 0 where too small.

    Args:
        decays: Weight of an event relative to the next newer one, one per mean.
        n_ages: Newest events looked at.
    """
    weights = np.power(np.array(decays)[:, None], np.arange(n_ages)[None, :])
    return np.where(weights < _LEAST_WEIGHT, 0, weights).astype(np.float32)


class FadingMeans:
    """Decayed sums of vectors over the roots of their weights.

    Args:
        weights: Of `weights_by_age`, (n_decays, n_ages).
    """

    def __init__(self, weights: Float32s) -> None:
        self._weights = weights
        mass = np.cumsum(weights, axis=1)
        self._norms: Float32s = (1 / np.sqrt(np.maximum(mass, 1))).astype(np.float32)

    def write(self, vectors: Float32s, into: Float32s) -> None:
        """Write the means of vectors (n, dim), oldest first, 0 < n <= n_ages, (n_decays, dim)."""
        n = len(vectors)
        np.matmul(self._weights[:, n - 1 :: -1], vectors, out=into)
        into *= self._norms[:, n - 1 : n]
