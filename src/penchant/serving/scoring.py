"""The shares that scores are printed as."""

import numpy as np
import numpy.typing as npt

from penchant.data.top_k import Scores


def shares(scores: Scores, places: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Softmax over all of `scores` (n,), read off at `places`; with every place the sum is 1.

    The terms of the sum are float32, sum and numerators float64: shares are right to 8 digits.
    """
    highest = scores.max()
    terms = scores - highest
    np.exp(terms, out=terms)
    chosen = scores[places].astype(np.float64) - float(highest)
    return np.asarray(np.exp(chosen) / np.add.reduce(terms, dtype=np.float64))
