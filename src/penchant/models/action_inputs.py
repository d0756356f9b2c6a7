"""States of users as numbers for the network that predicts actions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from penchant.data.actions import EVENT_TYPES
from penchant.data.training_set import Bools, Float32s, Int32s, Int64s
from penchant.models.action_states import Past, States
from penchant.models.arrays import map_array, save_arrays

N_DONE: Final = 3 * len(EVENT_TYPES)
"""Numbers per action: of each event type how often, how lately, how lately more slowly faded."""

_ARRAYS: Final = ("factors", "frequent", "kinds")
_FADES_DAYS: Final = (2.0, 14.0)
_INTEREST_DAYS: Final = 7.0
_SPANS_DAYS: Final = (1.0, 7.0, 28.0)
_LONG_AGO_DAYS: Final = 365.0


@dataclass(frozen=True)
class Inputs:
    """What the network reads of n states.

    Attributes:
        users: Index of each user, -1 when unknown (n,).
        numbers: Interests and activity (n, n_numbers).
        items: Share of each frequent item in the past, sparse (n, n_frequent).
        done: `N_DONE` numbers per action, sparse (n, n_actions * N_DONE).
    """

    users: Int32s
    numbers: Float32s
    items: sp.csr_matrix
    done: sp.csr_matrix


@dataclass(frozen=True)
class Reading:
    """How states are read.

    Attributes:
        factors: A vector per item, (n_items, dim).
        frequent: Column of each item among the frequent ones, -1 for others (n_items,).
        kinds: Column of each event type of the interactions with items, -1 for one that came
            after the training (n_event_types,).
        n_frequent, n_kinds: How many columns there are of each.
        n_actions: Number of actions.
    """

    factors: Float32s
    frequent: Int32s
    kinds: Int32s
    n_frequent: int
    n_kinds: int
    n_actions: int

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        save_arrays(folder, factors=self.factors, frequent=self.frequent, kinds=self.kinds)

    @classmethod
    def load(cls, folder: Path, n_frequent: int, n_kinds: int, n_actions: int) -> Self:
        """Read what `save` wrote, memory-mapped."""
        factors, frequent, kinds = (map_array(folder, name) for name in _ARRAYS)
        return cls(factors, frequent, kinds, n_frequent, n_kinds, n_actions)

    def inputs(self, states: States) -> Inputs:
        """Read n states; time O(rows of their pasts * dim)."""
        everything, lately = self._means(states.items)
        numbers = [everything @ self.factors, lately @ self.factors, self._activity(states)]
        return Inputs(
            states.users,
            np.concatenate(numbers, axis=1).astype(np.float32),
            self._items(states.items, everything.data),
            self._done(states.actions),
        )

    def _means(self, past: Past) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Rows that take means of items' vectors, of all and of late.

        There is one more in the divisor than there are events: a short past weighs less.
        """
        shape, n = (len(past.offsets) - 1, len(self.factors)), len(past.offsets) - 1
        means = []
        for weights in (np.ones_like(past.ages), np.exp(-past.ages / _INTEREST_DAYS)):
            totals = np.bincount(past.places, weights, minlength=n) + 1
            shares = (weights / totals[past.places]).astype(np.float32)
            means.append(sp.csr_matrix((shares, past.indices, past.offsets), shape))
        return means[0], means[1]

    def _activity(self, states: States) -> Float32s:
        items, actions = states.items, states.actions
        known = items.event_types >= 0
        kinds = np.full(len(known), -1, np.int32)
        kinds[known] = self.kinds[items.event_types[known]]
        done = [actions.event_types == kind for kind in range(len(EVENT_TYPES))]
        lately = [actions.ages <= _SPANS_DAYS[1], actions.ages <= _SPANS_DAYS[2]]
        columns = [
            _recency(items),
            _recency(actions),
            *(_count(items, items.ages <= days) for days in _SPANS_DAYS),
            np.log1p(np.diff(items.offsets)),
            *(_count(items, kinds == kind) for kind in range(self.n_kinds)),
            *(_count(actions, kind & late) for kind in done for late in lately),
        ]
        return np.stack(columns, axis=1).astype(np.float32)

    def _items(self, past: Past, shares: Float32s) -> sp.csr_matrix:
        columns = self.frequent[past.indices]
        kept = columns >= 0
        n = len(past.offsets) - 1
        counts = np.bincount(past.places[kept], minlength=n)
        return _rows(shares[kept], columns[kept], counts, (n, self.n_frequent))

    def _done(self, past: Past) -> sp.csr_matrix:
        n_types, n = len(EVENT_TYPES), len(past.offsets) - 1
        keys = (past.places * self.n_actions + past.indices) * n_types + past.event_types
        found, inverse = np.unique(keys, return_inverse=True)
        ages = np.full(len(found), np.inf)
        np.minimum.at(ages, inverse, past.ages)
        counts = np.bincount(inverse, minlength=len(found))
        values = np.stack([np.log1p(counts), *(np.exp(-ages / days) for days in _FADES_DAYS)], 1)
        width = values.shape[1]
        rows, columns = np.divmod(found, self.n_actions * n_types)
        wide = (columns[:, None] * width + np.arange(width)).ravel()
        sizes = np.bincount(rows, minlength=n) * width
        return _rows(values.ravel(), wide, sizes, (n, self.n_actions * N_DONE))


def _rows(
    values: npt.NDArray[Any], columns: npt.NDArray[Any], counts: Int64s, shape: tuple[int, int]
) -> sp.csr_matrix:
    bounds = np.concatenate([[0], np.cumsum(counts)])
    return sp.csr_matrix((values.astype(np.float32), columns, bounds), shape)


def _count(past: Past, which: Bools) -> Float32s:
    counts = np.bincount(past.places[which], minlength=len(past.offsets) - 1)
    return np.log1p(counts).astype(np.float32)


def _recency(past: Past) -> Float32s:
    """log(1 + days since the newest event); a year for none."""
    ages = np.full(len(past.offsets) - 1, _LONG_AGO_DAYS, np.float32)
    some = np.diff(past.offsets) > 0
    ages[some] = past.ages[past.offsets[1:][some] - 1]
    return np.log1p(np.minimum(ages, _LONG_AGO_DAYS)).astype(np.float32)
