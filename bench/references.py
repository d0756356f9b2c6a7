"""Two models of a few lines that any sequence recipe has to beat on the same rows.

EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data") with the newest events of
a history weighing most, and Markov counters: what followed an item within a few steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from penchant.data.queries import History, Query
from penchant.data.training_set import TrainingSet

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ItemWeights:
    """Scores are the sum of the rows of `table` (n_items, n_items) of the history's items.

    The newest item weighs 1, and the weight halves every `half_life` events; at most `window`
    events are looked at.
    """

    table: Floats | sparse.csr_matrix
    half_life: float = np.inf
    window: int | None = None

    def score(self, queries: Sequence[Query]) -> Floats:
        """Scores (n, n_items)."""
        weights = sparse.vstack([self._weights(query.history) for query in queries], "csr")
        scores = weights @ self.table
        return np.asarray(scores.todense() if sparse.issparse(scores) else scores, np.float32)

    def _weights(self, history: History) -> sparse.csr_matrix:
        items = history.items[-(self.window or len(history)) :] if len(history) else history.items
        ages = np.arange(len(items))[::-1]
        row = sparse.csr_matrix(
            (np.exp2(-ages / self.half_life), (np.zeros(len(items), np.int64), items)),
            shape=(1, self.table.shape[0]),
        )
        row.sum_duplicates()
        return row


def ease(training_set: TrainingSet, *, l2: float = 500, half_life: float = 5) -> ItemWeights:
    """EASE, its histories weighted at answering; memory and time of a dense inverse."""
    users, n_items = training_set.user_indices, training_set.n_items
    ones = np.ones(len(users), np.float32)
    shape = (training_set.n_users, n_items)
    table = sparse.csr_matrix((ones, (users, training_set.item_indices)), shape)
    table.data[:] = 1
    gram = np.asarray((table.T @ table).todense(), np.float64)
    gram[np.diag_indices(n_items)] += l2
    inverse = np.linalg.inv(gram)
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0)
    return ItemWeights(weights, half_life)


def markov(training_set: TrainingSet, *, window: int = 5, half_life: float = 2) -> ItemWeights:
    """How often b came within `window` steps after a, 1 / steps each, / the root of a's count."""
    users, items = training_set.user_indices, training_set.item_indices
    shape = (training_set.n_items, training_set.n_items)
    table = sparse.csr_matrix(shape, dtype=np.float32)
    for steps in range(1, window + 1):
        same = users[steps:] == users[:-steps]
        pairs = (items[:-steps][same], items[steps:][same])
        ones = np.full(len(pairs[0]), 1 / steps, np.float32)
        table += sparse.csr_matrix((ones, pairs), shape)
    counts = np.maximum(np.bincount(items, minlength=training_set.n_items), 1)
    return ItemWeights((sparse.diags(1 / np.sqrt(counts)) @ table).tocsr(), half_life, window)
