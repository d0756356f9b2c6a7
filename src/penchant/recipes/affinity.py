"""How close users are to items, and what that is worth beside their own past.

Users and items are placed by a linear autoencoder of low rank: with X the users by items (1 for
had), V the leading right singular vectors of X with users over the root of their items and items
over d, the root of their users + 10, and s the singular values, users are expected to have

    X / d V W V' d,    W = s^2 / (s^2 + 3 mean(s^2)).

W is the ridge regression of such a table on itself (Jin et al., Towards a better understanding of
linear models for recommendation, 2021): it draws the weaker directions towards 0, so that more of
them do no harm. What closeness, the user's activity and their own past with the items are worth is
then learned on the newest fifth of every user's rows (`penchant.recipes.affinity_weights`).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy.sparse as sp

from penchant.data.training_set import Float32s, Int32s, TrainingSet
from penchant.evaluation.segments import segment_split
from penchant.models.affinity import AffinityModel
from penchant.models.contract import Fitted
from penchant.models.item_attributes import ItemAttributes
from penchant.recipes.affinity_weights import USUAL_WEIGHTS, learned_weights
from penchant.recipes.contract import Progress, Step
from penchant.recipes.factors import item_lengths, normed, right_factors, some_users
from penchant.recipes.popularity import require_interactions

_SHRINKAGE: Final = np.float32(3.0)


def fit_affinity(
    training_set: TrainingSet,
    groups: Sequence[Int32s],
    attributes: ItemAttributes | None,
    *,
    dim: int,
    seed: int,
    progress: Progress,
    start: Fitted | None,
) -> AffinityModel:
    """Learn the weights, unless `start` has them, then place users and items by all rows.

    Time O(n_rows * dim + (n_users + n_items) * dim^2).

    Args:
        training_set: The rows.
        groups: The groups of items that the weights are learned for.
        attributes: What the model shall know of the items.
        dim: Length of the factors.
        seed: Source of all randomness.
        progress: Told how far the training is.
        start: A model of the family fitted on part of the rows.

    Raises:
        ValueError: There are no interactions, or all are of one time.
    """
    _require_times(training_set)
    if isinstance(start, AffinityModel):
        weights = start.weights
    else:
        split = segment_split(training_set, seed)
        part = _placed(split.train, dim, seed, USUAL_WEIGHTS, None)
        progress(Step("placing users and items", 0.3))
        weights = learned_weights(part, split.asked(groups), seed)
    progress(Step("weighing", 0.6))
    model = _placed(training_set, dim, seed, weights, attributes)
    progress(Step("placing users and items", 1.0))
    return model


def _require_times(training_set: TrainingSet) -> None:
    require_interactions(training_set)
    times = training_set.timestamps
    if times.min() == times.max():
        raise ValueError(
            f"all {len(times)} interactions have the TIMESTAMP {times[0]}, so none is newer than "
            "the others; import interactions with the times at which they happened"
        )


def _placed(
    training_set: TrainingSet,
    dim: int,
    seed: int,
    weights: Float32s,
    attributes: ItemAttributes | None,
) -> AffinityModel:
    had = _had(training_set)
    n_users = np.diff(had.indptr)
    users, items = _factors(training_set, had, dim, seed)
    items_had = np.bincount(had.indices, minlength=training_set.n_users)
    return AffinityModel(
        items=training_set.items,
        event_type_names=training_set.event_type_names,
        user_factors=users,
        item_factors=items,
        items_had=items_had.astype(np.float32),
        item_shares=(n_users / training_set.n_users).astype(np.float32),
        offsets=had.indptr.astype(np.int64),
        had_users=had.indices.astype(np.int32),
        had_counts=had.data,
        had_since=_since(training_set, had),
        weights=weights,
        attributes=attributes,
    )


def _had(training_set: TrainingSet) -> sp.csc_matrix:
    """How often users had items, (n_users, n_items), users in order within an item."""
    shape = (training_set.n_users, training_set.n_items)
    pairs = (training_set.user_indices, training_set.item_indices)
    had = sp.csc_matrix((np.ones(training_set.n_rows, np.float32), pairs), shape)
    had.sum_duplicates()
    return had


def _since(training_set: TrainingSet, had: sp.csc_matrix) -> Float32s:
    """Rows of the user after the last one with the item, in the order of `had.indices`."""
    stops = training_set.offsets()[1:]
    since = stops[training_set.user_indices] - 1 - np.arange(training_set.n_rows)
    items = training_set.item_indices.astype(np.int64)
    pairs = items * training_set.n_users + training_set.user_indices
    order = np.lexsort((since, pairs))
    first = np.diff(pairs[order], prepend=-1) > 0
    assert int(first.sum()) == had.nnz
    return since[order][first].astype(np.float32)


def _factors(
    training_set: TrainingSet, had: sp.csc_matrix, dim: int, seed: int
) -> tuple[Float32s, Float32s]:
    """Users (n_users, dim) and items (n_items, dim), zero beyond the rank; see the module."""
    rng = np.random.default_rng(seed)
    table = some_users(normed(training_set), rng)
    rank = min(dim, *table.shape)
    values, vectors = right_factors(table, rank, rng)
    squares = values**2
    kept = squares / (squares + _SHRINKAGE * squares.mean())
    lengths = item_lengths(np.diff(had.indptr)).astype(np.float32)
    places = np.zeros((training_set.n_items, dim), np.float32)
    places[:, :rank] = vectors.T
    ways = places / lengths[:, None]
    ways[:, :rank] *= kept
    binary = sp.csc_matrix((np.ones_like(had.data), had.indices, had.indptr), had.shape)
    users = np.asarray(binary @ ways, np.float32)
    return users, places * lengths[:, None]
