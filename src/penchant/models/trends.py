"""What is on the rise: how much of late an item was taken, at any moment of the training rows."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Float32s, Int64s, TrainingSet

FADES: Final = (0.5, 0.9)
"""What of a slice's counts is left a slice later, one per span."""

_MOST_SLICES: Final = 64
_MOST_CELLS: Final = 4_000_000
_PRIOR: Final = 0.5


@dataclass(frozen=True)
class Trends:
    """Recent popularity by slice of time; a slice knows only of rows before its begin.

    Attributes:
        edges: Where slices but the first begin, epoch seconds, ascending (n_slices - 1,). Before
            the first edge nothing is known.
        logs: Log of an item's share of the faded counts times the number of items, 0 for an
            average item, (n_slices, n_items, len(FADES)).
    """

    edges: Int64s
    logs: Float32s

    @classmethod
    def learned_from(cls, training_set: TrainingSet) -> Self:
        """Count the rows slice by slice; slices hold rows of like number."""
        n_items, times = training_set.n_items, training_set.timestamps
        n_slices = max(1, min(_MOST_SLICES, _MOST_CELLS // n_items))
        shares = np.arange(1, n_slices + 1) / n_slices
        edges = np.unique(np.quantile(times, shares, method="higher").astype(np.int64))
        # the last edge is the newest row's time: from then on all rows are known
        of_rows = np.searchsorted(edges[:-1], times, side="right")
        cells = of_rows.astype(np.int64) * n_items + training_set.item_indices
        counts = np.bincount(cells, minlength=len(edges) * n_items).reshape(-1, n_items)
        logs = np.zeros((len(edges) + 1, n_items, len(FADES)), np.float32)
        faded = np.zeros((n_items, len(FADES)))
        for place, of_slice in enumerate(counts, start=1):
            faded = faded * np.array(FADES) + of_slice[:, None]
            raised = faded + _PRIOR
            logs[place] = np.log(raised / raised.mean(axis=0))
        return cls(edges, logs)

    @classmethod
    def unknown(cls, n_items: int) -> Self:
        """Every item is as it always was."""
        return cls(np.zeros(0, np.int64), np.zeros((1, n_items, len(FADES)), np.float32))


def slices_of(edges: Int64s, timestamps: npt.ArrayLike) -> Int64s:
    """The slice of every moment, of `timestamps`' shape."""
    return np.searchsorted(edges, timestamps, side="right").astype(np.int64)
