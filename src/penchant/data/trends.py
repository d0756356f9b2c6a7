"""How fast the interactions of items grow.

Time is cut into equal windows backwards from a moment. With n the interactions of an item in the
newest window, e those that its share of the windows before would have given it there, the item's
growth is

    g = (n - e) / sqrt(n + e + 1).

n - e is the increase in interactions beyond the tide that lifts all items alike (morning, a
Saturday). Were n and e counts of one unchanged rate, it would have the variance n + e (Przyborowski
and Wilenski, Homogeneity of results in testing samples from Poisson series, 1940), so g tells an
increase from chance: 16 after none and 4 100 after 3 750 are worth about the same. The 1 draws g
towards 0 where both counts are few.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Float32s, Int32s, Int64s

Floats = npt.NDArray[np.float64]

EARLIER_WINDOWS: Final = 12
WINDOWS: Final = 1 + EARLIER_WINDOWS + 1  # one more, for a newest window without interactions


def window_counts(
    items: Int32s, timestamps: Int64s, *, now: int, window_s: int, n_items: int
) -> Int64s:
    """Interactions per window, newest first, and item, shape (WINDOWS, n_items).

    Args:
        items: Item index per interaction.
        timestamps: Epoch seconds per interaction, in any order; those after `now` do not count.
        now: End of the newest window, which includes it.
        window_s: Length of a window.
        n_items: Number of items.
    """
    ages_s = now - timestamps
    counted = (ages_s >= 0) & (ages_s < WINDOWS * window_s)
    cells = ages_s[counted] // window_s * n_items + items[counted]
    return np.bincount(cells, minlength=WINDOWS * n_items).reshape(WINDOWS, n_items)


def expected(newest: npt.NDArray[Any], earlier: npt.NDArray[Any]) -> Floats:
    """What the shares of `earlier` counts give of the sum of the `newest`, shape (n_items,)."""
    return np.asarray(earlier * ((newest.sum() + 1.0) / (earlier.sum() + 1.0)), np.float64)


def growth(counts: Int64s) -> Float32s:
    """Growth of every item, shape (n_items,); 0 for items without interactions.

    Where nothing came in the newest window, the one before counts as the newest.

    Args:
        counts: What `window_counts` gives.
    """
    if not counts[0].any():
        counts = counts[1:]
    newest, earlier = counts[0], counts[1 : 1 + EARLIER_WINDOWS].sum(axis=0)
    usual = expected(newest, earlier)
    return np.asarray((newest - usual) / np.sqrt(newest + usual + 1.0), np.float32)
