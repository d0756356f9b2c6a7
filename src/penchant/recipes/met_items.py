"""The items that training meets, from which the right ones are told."""

import numpy as np

from penchant.data.training_set import Bools, Int64s, TrainingSet


class MetItems:
    """The items with interactions; the others would learn to be the worst.

    Args:
        training_set: The rows to learn from.
        most_softmax: Up to so many are all told from each other at every step.
        n_negatives: How many are drawn per step where there are more.

    Attributes:
        items: Which they are, sorted (n,).
        met: Whether an item is one of them (n_items,).
        rarest: Those of all items that were met least often (n_items,).
    """

    def __init__(self, training_set: TrainingSet, most_softmax: int, n_negatives: int) -> None:
        counts = np.bincount(training_set.item_indices, minlength=training_set.n_items)
        self.items: Int64s = np.flatnonzero(counts)
        self.met: Bools = counts > 0
        self.rarest: Bools = counts == counts[self.items].min()
        self._most_softmax = most_softmax
        self._n_negatives = n_negatives

    def __len__(self) -> int:
        return len(self.items)

    def candidates(self, rng: np.random.Generator) -> Int64s:
        """Items that the next ones are told from at a step, sorted."""
        if len(self) <= self._most_softmax:
            return self.items
        n = min(self._n_negatives, len(self))
        return np.sort(rng.choice(self.items, n, replace=False))

    def all_among(self, candidates: Int64s) -> bool:
        """Whether the candidates are all there are."""
        return len(candidates) == len(self)
