"""The shares that scores are printed as."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from penchant.data.top_k import Scores


@dataclass(frozen=True)
class Softmax:
    """The softmax over all of some scores (n,), whose sum is worked out once.

    The terms of the sum are float32, sum and numerators float64: shares are right to 8 digits.
    """

    scores: Scores

    def shares(self, places: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        """The shares of some places; of all places together they make 1."""
        highest, total = self._bounds
        chosen = self.scores[places].astype(np.float64) - highest
        return np.asarray(np.exp(chosen) / total)

    @cached_property
    def _bounds(self) -> tuple[float, float]:
        highest = self.scores.max()
        terms = self.scores - highest
        np.exp(terms, out=terms)
        return float(highest), float(np.add.reduce(terms, dtype=np.float64))


def shares(scores: Scores, places: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Softmax over all of `scores` (n,), read off at `places`."""
    return Softmax(scores).shares(places)
