"""What lists of items near in meaning are like; no user decides here."""

from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.training_set import Float32s
from penchant.evaluation.metrics import LIST_LENGTH, coverage
from penchant.evaluation.ranking import Scorer, rank

MOST_ASKED: Final = 2_000
"""Items asked for; of more, a random part."""


class Meanings(Scorer, Protocol):
    """A model that compares the items' vectors."""

    @property
    def vectors(self) -> npt.NDArray[np.floating]:
        """Of length 1 (n_items, dim), zero where there is none."""
        ...

    @property
    def popularity(self) -> Float32s:
        """Users per item over those of the most popular one."""
        ...

    @property
    def freshness(self) -> Float32s:
        """0 for the oldest item, 1 for the newest."""
        ...


def meaning_metrics(model: Meanings, seed: int) -> dict[str, float]:
    """The metrics of semantic similarity over the lists of up to 2000 items with a vector.

    `item_popularity`, `item_freshness` and `item_similarity` are means over all listed items: of
    their normalised numbers of users, of how new they are at training, and of their cosines with
    the item asked for (those below 0 count 0). Each is 0 to 1. `coverage` is the share of the
    catalogue that stands in any list.
    """
    asked = np.flatnonzero(np.asarray(model.vectors).any(axis=1))
    if len(asked) > MOST_ASKED:
        chosen = np.random.default_rng(seed).choice(asked, MOST_ASKED, replace=False)
        asked = np.sort(chosen)
    queries = [Query(item_index=item) for item in asked.tolist()]
    ranked = rank(model, queries, LIST_LENGTH + 1, remove_seen=False)
    listed = ranked[:, :LIST_LENGTH]  # the item asked for is last of all
    there = (listed >= 0) & (listed != asked[:, None])
    near = np.asarray(model.vectors[np.maximum(listed, 0)], np.float32)
    cosines = np.einsum("qd,qkd->qk", np.asarray(model.vectors[asked], np.float32), near)
    return {
        "coverage": coverage(np.where(there, listed, -1), len(model.popularity)),
        "item_freshness": _mean(model.freshness[listed], there),
        "item_popularity": _mean(model.popularity[listed], there),
        "item_similarity": _mean(np.clip(cosines, 0, 1), there),
    }


def _mean(values: Float32s, there: npt.NDArray[np.bool_]) -> float:
    return float(values[there].mean()) if there.any() else 0.0
