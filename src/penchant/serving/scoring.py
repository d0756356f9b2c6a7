"""The scores of a whole catalogue, and what lists out of it need of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.top_k import Indices, Scores, top_k
from penchant.data.training_set import Bools

LEADING: Final = 128
"""How many of the best are looked through before everything that a filter lets through."""
SPARE: Final = 1.25
"""By how much the passing ones expected among them must exceed what is asked for."""


@dataclass(frozen=True)
class ScoredCatalogue:
    """Scores (n,) for one question; what several lists out of them need is worked out once."""

    scores: Scores

    def best(self, n: int, allowed: Bools | None = None) -> Indices:
        """The places of the `n` highest scores, as `top_k`, among those `allowed` (n,)."""
        if allowed is None:
            return top_k(self.scores, n)
        if SPARE * n * len(allowed) <= LEADING * np.count_nonzero(allowed):
            passing = self._leading[allowed[self._leading]]
            if len(passing) >= n:
                return passing[:n]
        places = allowed.nonzero()[0]
        return places[top_k(self.scores[places], n)]

    def shares(self, places: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        """The softmax at some places; of all places together it makes 1.

        The terms of the sum are float32, sum and numerators float64: right to 8 digits.
        """
        highest, total = self._bounds
        chosen = self.scores[places].astype(np.float64) - highest
        return np.asarray(np.exp(chosen) / total)

    @cached_property
    def _leading(self) -> Indices:
        return top_k(self.scores, LEADING)

    @cached_property
    def _bounds(self) -> tuple[float, float]:
        highest = self.scores.max()
        terms = self.scores - highest
        np.exp(terms, out=terms)
        return float(highest), float(np.add.reduce(terms, dtype=np.float64))
