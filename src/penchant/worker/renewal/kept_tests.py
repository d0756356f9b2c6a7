"""The rows of a test, when the model they measured moves to other vocabularies."""

from collections.abc import Callable
from typing import Final

import numpy as np

from penchant.data.training_set import Bools, Int32s, TrainingSet
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.models.arrays import Array
from penchant.models.artifacts import Artifact

_COLUMNS: Final = ("users", "items")


def moved_test_rows(artifact: Artifact, training_set: TrainingSet) -> dict[str, Array] | None:
    """The rows by the indices that users and items have now; None where there are none.

    A row of somebody, or of an item, that is not there any more is left out.
    """
    rows = artifact.test_rows()
    if not rows:
        return rows
    names: dict[str, Callable[[int], str]] = {
        "users": artifact.users.name,
        "items": artifact.items.ids.__getitem__,
    }
    vocabularies = {"users": training_set.users, "items": training_set.items}
    moved = dict(rows)
    there: Bools = np.ones(len(rows["timestamps"]), np.bool_)
    for column in _COLUMNS:
        if column in rows:
            moved[column] = _moved(rows[column], names[column], vocabularies[column])
            there &= (rows[column] == UNKNOWN) | (moved[column] != UNKNOWN)
    return {name: array[there] for name, array in moved.items()}


def _moved(indices: Int32s, name: Callable[[int], str], now: Vocabulary) -> Int32s:
    known, places = np.unique(indices, return_inverse=True)
    found = [UNKNOWN if old == UNKNOWN else now.index(name(old)) for old in known.tolist()]
    return np.array(found, np.int32)[places]
