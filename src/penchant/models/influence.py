"""How far popularity and freshness change the order of what is near."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from penchant.data.top_k import top_k
from penchant.data.training_set import Float32s

_MEMBERS: Final = {"POPULARITY": "popularity", "FRESHNESS": "freshness"}
_NO_CANDIDATE: Final = -1.5


@dataclass(frozen=True)
class Influence:
    """`rankingInfluence` of a campaign or a batch job.

    Attributes:
        popularity: What the popularity of an item counts beside its nearness, 0 to 1.
        freshness: The same of how new it is.
    """

    popularity: float = 0.0
    freshness: float = 0.0

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Self:
        """Read `rankingInfluence` out of a configuration; what is left out is 0.

        Raises:
            ValueError: A name is unknown, or a value is not a number from 0 to 1.
        """
        given = config.get("rankingInfluence") or {}
        for name, value in given.items():
            if name not in _MEMBERS:
                known = " and ".join(_MEMBERS)
                raise ValueError(f"rankingInfluence has no {name!r}; there are {known}")
            if not 0 <= value <= 1:
                raise ValueError(f"rankingInfluence.{name} is {value}; take 0 to 1")
        return cls(**{_MEMBERS[name]: float(value) for name, value in given.items()})

    def __bool__(self) -> bool:
        return self.popularity > 0 or self.freshness > 0

    def ranked(
        self, nearness: Float32s, popularity: Float32s, freshness: Float32s, n_candidates: int
    ) -> Float32s:
        """Nearness (n_items,) with its `n_candidates` highest put into another order.

        Each of the three is spread over 0 to 1 among the candidates; the place of a candidate is
        by nearness + weight * popularity + weight * freshness. All others stay behind them as
        they were. What is less than -1 near is no candidate: it is the item asked for.
        """
        best = top_k(nearness, n_candidates)
        best = best[nearness[best] > _NO_CANDIDATE]
        if not self or len(best) == 0:
            return nearness
        mixed = _spread(nearness[best])
        mixed += self.popularity * _spread(popularity[best])
        mixed += self.freshness * _spread(freshness[best])
        order = np.argsort(-mixed, kind="stable")
        scores = np.array(nearness, np.float32)
        above = float(nearness[best[0]]) + 1.0
        scores[best[order]] = above + np.linspace(1, 0, len(best), dtype=np.float32)
        return scores


def _spread(values: Float32s) -> Float32s:
    """Values from 0, the least, to 1, the greatest; all 0 where they are alike."""
    low, high = float(values.min()), float(values.max())
    return ((values - low) / max(high - low, 1e-12)).astype(np.float32)
