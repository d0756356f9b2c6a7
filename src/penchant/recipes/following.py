"""Which items follow which within histories, near ones counting more."""

from typing import Any, Final

import numpy as np
from scipy import sparse

from penchant.data.training_set import Bools, Float32s, Int32s, TrainingSet

WINDOW: Final = 5
"""Steps that two events of a history may lie apart to count."""

BACKWARD: Final = (0.1, 0.3, 1.0)
"""What a step back may count beside a step ahead."""

_USER_POWER: Final = 0.3
_LIST_LENGTH: Final = 25
_FEWEST_ROWS: Final = 3
_MOST_TESTS: Final = 10_000

Counts = sparse.csr_array


def followers(training_set: TrainingSet, rng: np.random.Generator) -> "Counts[Any]":
    """How much item j follows item i, (n_items, n_items), nothing on the diagonal.

    A step of d events counts 1/d, at most `WINDOW` events. A user of n events counts n^-0.3 an
    event, mean 1, so that a few who know everything do not decide. A step back counts less than
    a step ahead where that finds the newest item of the users better: films are met in an order,
    the articles of a basket are not. Time and memory O(n_rows * WINDOW).
    """
    last = _last_rows(training_set)
    before = _ahead(training_set, ~last)
    back = _best_backward(before, *_last_steps(training_set, last, rng))
    ahead = before + _ahead(training_set, last)
    return sparse.csr_array(ahead + back * ahead.T)


def _ahead(training_set: TrainingSet, arriving: Bools) -> "Counts[Any]":
    """Weighed steps whose later row is among those `arriving` (n_rows,)."""
    users, items, n = training_set.user_indices, training_set.item_indices, training_set.n_items
    weights = _weights(training_set)
    origins, targets, values = [], [], []
    for distance in range(1, WINDOW + 1):
        same = (users[distance:] == users[:-distance]) & arriving[distance:]
        same &= items[distance:] != items[:-distance]
        origins.append(items[:-distance][same])
        targets.append(items[distance:][same])
        values.append(weights[distance:][same] / np.float32(distance))
    pairs = (np.concatenate(origins), np.concatenate(targets))
    return sparse.csr_array((np.concatenate(values), pairs), shape=(n, n))


def _weights(training_set: TrainingSet) -> Float32s:
    lengths = np.bincount(training_set.user_indices, minlength=training_set.n_users)
    weights = lengths[training_set.user_indices].astype(np.float64) ** -_USER_POWER
    mean = weights.sum() / max(len(weights), 1)
    normed: Float32s = (weights / mean).astype(np.float32)
    return normed


def _last_rows(training_set: TrainingSet) -> Bools:
    """The newest row of every user with enough rows to learn from the others."""
    users = training_set.user_indices
    lengths = np.bincount(users, minlength=training_set.n_users)
    return np.asarray((np.diff(users, append=-1) != 0) & (lengths[users] >= _FEWEST_ROWS))


def _last_steps(
    training_set: TrainingSet, last: Bools, rng: np.random.Generator
) -> tuple[Int32s, Int32s]:
    rows = np.flatnonzero(last)
    if len(rows) > _MOST_TESTS:
        rows = np.sort(rng.choice(rows, _MOST_TESTS, replace=False))
    items = training_set.item_indices
    return items[rows - 1], items[rows]


def _best_backward(ahead: "Counts[Any]", origins: Int32s, targets: Int32s) -> float:
    """The weight of `BACKWARD` that finds the most targets among 25; the least of equal ones."""
    found = [_hits(sparse.csr_array(ahead + w * ahead.T), origins, targets) for w in BACKWARD]
    return BACKWARD[int(np.argmax(found))]


def _hits(counts: "Counts[Any]", origins: Int32s, targets: Int32s) -> int:
    rows = counts[origins]
    sizes = np.diff(rows.indptr)
    wanted = np.zeros(len(targets), counts.dtype)
    of_entry = np.repeat(np.arange(len(targets)), sizes)
    right = rows.indices == targets[of_entry]
    wanted[of_entry[right]] = rows.data[right]
    better = np.bincount(of_entry[rows.data > wanted[of_entry]], minlength=len(targets))
    return int(np.count_nonzero((wanted > 0) & (better < _LIST_LENGTH)))
