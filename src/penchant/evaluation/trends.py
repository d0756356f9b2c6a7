"""Whether a list of trending items foretells what grows next.

The test looks back: at each of the newest moments, one window apart, a list is made of what was
known then, and compared with the window that followed. An item's popularity acceleration there is
how many interactions it had beyond those that its share of the thirteen windows before would have
given it. Thirteen are what the list was made of, one against twelve: for counts of an unchanged
rate their sum and that contrast are uncorrelated, so that an item brought onto the list by chance
neither gains nor loses.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from penchant.data.queries import Query
from penchant.data.top_k import top_k
from penchant.data.training_set import Features, Int64s, TrainingSet
from penchant.data.trends import EARLIER_WINDOWS, Floats, expected, window_counts
from penchant.evaluation.metrics import LIST_LENGTH
from penchant.evaluation.ranking import Scorer

TREND_PREDICTION_ACCURACY: Final = "trend_prediction_accuracy"
MOMENTS: Final = 24

Fit = Callable[[TrainingSet], Scorer]


def trend_prediction_accuracy(
    fits: Mapping[str, Fit], training_set: TrainingSet, window_s: int
) -> dict[str, float]:
    """Acceleration of the items listed / that of the 25 that accelerated most, 0 to 1, by name.

    Both are summed over the moments. 0 where the listed items lose, and where there is no moment
    with interactions in the windows on both sides of it and in the twelve before.

    Args:
        fits: Name -> what fits a scorer to the rows before a moment.
        training_set: All rows.
        window_s: Length of a window.
    """
    found, best = dict.fromkeys(fits, 0.0), 0.0
    rows = replace(training_set, contexts=Features())  # dear to cut, and not looked at
    for moment, accelerations in _moments(rows, window_s):
        known = rows.subset(rows.timestamps <= moment)
        highest = accelerations[top_k(accelerations.astype(np.float32), LIST_LENGTH)]
        best += float(np.maximum(highest, 0).sum())
        for name, fit in fits.items():
            listed = top_k(fit(known).score([Query()])[0], LIST_LENGTH)
            found[name] += float(accelerations[listed].sum())
    return {name: min(max(gain / best, 0.0), 1.0) if best else 0.0 for name, gain in found.items()}


def _moments(training_set: TrainingSet, window_s: int) -> Iterator[tuple[int, Floats]]:
    """The newest moments, and every item's acceleration (n_items,) in the window after each."""
    times = training_set.timestamps
    moments = _busy(times.max() - np.unique((times.max() - times) // window_s) * window_s, window_s)
    for moment in moments[:MOMENTS]:
        counts = window_counts(
            training_set.item_indices,
            times,
            now=moment + window_s,
            window_s=window_s,
            n_items=training_set.n_items,
        )
        following, earlier = counts[0], counts[1 : 2 + EARLIER_WINDOWS].sum(axis=0)
        if counts[2:].any():
            yield moment, following - expected(following, earlier)


def _busy(ends: Int64s, window_s: int) -> list[int]:
    """Of the ends of windows with interactions, newest first, those whose next has some too."""
    followed = np.isin(ends + window_s, ends)
    return [int(end) for end in ends[followed]]
