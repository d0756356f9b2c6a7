"""Judging inside the training part, for decisions that the final metrics must not know of."""

from typing import Final

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.domain.recipes import RecipeEntry
from penchant.evaluation.leaderboard import asked_of
from penchant.evaluation.metrics import LIST_LENGTH, service_metrics
from penchant.evaluation.ranking import rank
from penchant.evaluation.splits import Split, service_split, temporal
from penchant.models.contract import Fitted, Model

_WANTED_USERS: Final = 1_000
_MOST_USERS: Final = 5_000
_LEAST_SHARE: Final = 0.1
_MOST_SHARE: Final = 0.25


def validation_split(training_set: TrainingSet, seed: int, *, in_time: bool = False) -> Split:
    """Split once more the rows that the service's split leaves to learn from.

    Few users are validated on a larger share of them than the tenth of the final metrics, because
    the means of a hundred users would be compared by chance.

    Args:
        training_set: All rows.
        seed: The training's; validation users are chosen by another.
        in_time: Validate on the newest tenth of all time (`temporal`).

    Raises:
        ValueError: There are too few users or rows to split twice.
    """
    rows = service_split(training_set, seed).train
    if in_time:
        return temporal(rows)
    n_users = np.count_nonzero(np.bincount(rows.user_indices))
    share = float(np.clip(_WANTED_USERS / n_users, _LEAST_SHARE, _MOST_SHARE))
    return service_split(rows, seed + 1, share=share, most_users=_MOST_USERS)


def measured(entry: RecipeEntry, model: Fitted, split: Split, metric: str) -> float:
    """One of the service's metrics, seen items kept, unrounded."""
    assert isinstance(model, Model)
    asked = asked_of(entry, split)
    ranked = rank(model, asked.queries, LIST_LENGTH, remove_seen=False)
    return service_metrics(ranked, asked.relevant, asked.n_items)[metric]
