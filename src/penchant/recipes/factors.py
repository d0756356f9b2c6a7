"""Items as factors of who interacted with what: where the learning of sequences may begin."""

from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from torch import nn

from penchant.data.training_set import Float32s, Int64s, TrainingSet

Floats = npt.NDArray[np.float64]

_DAMPING: Final = 10
_MORE: Final = 10
_LEAST_LENGTH: Final = 1e-6
_MOST_USERS: Final = 200_000
_N_ITERATIONS: Final = 3


def item_factors(training_set: TrainingSet, dim: int, rng: np.random.Generator) -> Float32s:
    """Vectors whose products say how much more often than by chance users had two items.

    The truncated singular value decomposition of users by items; users count by the root of their
    number of items, items by that of their users, and the first factor, mere popularity, is left
    out. Of very many users a random part is taken. Time O(n_rows * dim).

    Returns:
        (n_items, dim), of root mean square length 1; zero for items without interactions and in
        numbers beyond the rank.
    """
    table = some_users(normed(training_set), rng)
    rank = min(dim + 1, *table.shape)
    values, items = right_factors(table, rank, rng)
    factors = np.zeros((table.shape[1], dim), np.float32)
    factors[:, : rank - 1] = items[1:].T * np.sqrt(values[1:])
    length = float(np.sqrt((factors**2).sum(axis=1).mean()))
    factors /= max(length, _LEAST_LENGTH)
    return factors


def begin_at_factors(
    table: nn.Embedding, training_set: TrainingSet, warmth: float, rng: np.random.Generator
) -> None:
    """Add the items' factors, times `warmth`, to a table of their vectors."""
    factors = item_factors(training_set, table.embedding_dim, rng)
    with torch.no_grad():
        table.weight += warmth * torch.as_tensor(factors)


def right_factors(
    table: sp.csr_matrix, rank: int, rng: np.random.Generator
) -> tuple[Float32s, Float32s]:
    """The largest singular values (rank,) and their right vectors (rank, n_columns).

    By random projections (Halko et al. 2011); `rank` is at most the smaller side of the table.
    """
    n_columns = table.shape[1]
    basis = table @ rng.standard_normal((n_columns, min(rank + _MORE, n_columns)), np.float32)
    for _ in range(_N_ITERATIONS):
        basis = table @ (table.T @ np.linalg.qr(basis)[0])
    basis = np.linalg.qr(basis)[0]
    _, values, vectors = np.linalg.svd((table.T @ basis).T, full_matrices=False)
    return values[:rank], vectors[:rank]


def some_users(table: sp.csr_matrix, rng: np.random.Generator) -> sp.csr_matrix:
    """The rows of the table, of very many a random part."""
    if table.shape[0] <= _MOST_USERS:
        return table
    return table[np.sort(rng.choice(table.shape[0], _MOST_USERS, replace=False))]


def normed(training_set: TrainingSet) -> sp.csr_matrix:
    """Who had what, (n_users, n_items), over the roots of the items had and of the users + 10."""
    shape = (training_set.n_users, training_set.n_items)
    pairs = (training_set.user_indices, training_set.item_indices)
    table = sp.csr_matrix((np.ones(training_set.n_rows, np.float32), pairs), shape)
    table.data[:] = 1
    by_user = 1 / np.sqrt(np.maximum(np.diff(table.indptr), 1))
    by_item = 1 / item_lengths(np.bincount(table.indices, minlength=shape[1]))
    return sp.csr_matrix(sp.diags(by_user) @ table @ sp.diags(by_item), dtype=np.float32)


def item_lengths(n_users: Int64s) -> Floats:
    """What `normed` divides the items by, of their numbers of users."""
    return np.asarray(np.sqrt(n_users + _DAMPING))
