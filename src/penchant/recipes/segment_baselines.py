"""What the leaderboards of user segments set beside the recipe."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from penchant.data.training_set import Float32s, Int32s, TrainingSet
from penchant.evaluation.segments import Score
from penchant.recipes.popularity import unique_users


def segment_baselines(training_set: TrainingSet) -> Mapping[str, Score]:
    """Three ways to tell users without learning.

    "active users": those with the most interactions, for every group alike. "had it": those who
    had the group's items most often, then the active ones. "users of popular items": those whose
    items have the most users, for every group alike.
    """
    users, n_users = training_set.user_indices, training_set.n_users
    active = np.bincount(users, minlength=n_users)
    popularity = unique_users(training_set)[training_set.item_indices]
    taste = np.bincount(users, popularity, n_users) / np.maximum(active, 1)
    return {
        "active users": _alike(active),
        "had it": _had_it(training_set, active / (1.0 + active.max(initial=0))),
        "users of popular items": _alike(taste),
    }


def _alike(scores: npt.NDArray[Any]) -> Score:
    values = scores.astype(np.float32)

    def score(group: Int32s) -> Float32s:  # noqa: ARG001  # the same users whatever is asked
        return values

    return score


def _had_it(training_set: TrainingSet, ties: npt.NDArray[np.float64]) -> Score:
    shape = (training_set.n_users, training_set.n_items)
    pairs = (training_set.user_indices, training_set.item_indices)
    had = sp.csc_matrix((np.ones(training_set.n_rows, np.float32), pairs), shape)

    def score(group: Int32s) -> Float32s:
        return np.asarray(np.asarray(had[:, group].sum(axis=1)).ravel() + ties, np.float32)

    return score
