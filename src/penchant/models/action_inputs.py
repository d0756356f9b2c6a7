"""States of users as numbers for the network that predicts actions."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from penchant.data.actions import EVENT_TYPES
from penchant.data.training_set import Float32s, Int32s
from penchant.models.action_states import Past, States

N_DONE: Final = 3 * len(EVENT_TYPES)
"""Numbers per action: of each event type how often, how lately, how lately more slowly faded."""

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
        n_event_types: Event types of the interactions with items.
        n_actions: Number of actions.
    """

    factors: Float32s
    frequent: Int32s
    n_event_types: int
    n_actions: int

    def inputs(self, states: States) -> Inputs:
        """Read n states; time O(rows of their pasts * dim)."""
        numbers = [*self._interests(states.items), *self._activity(states)]
        return Inputs(
            states.users,
            np.concatenate(numbers, axis=1).astype(np.float32),
            self._items(states.items),
            self._done(states.actions),
        )

    def _interests(self, past: Past) -> list[Float32s]:
        """Means of the items' vectors, of all and of late; nearer to zero for a short past."""
        lately = np.exp(-past.ages / _INTEREST_DAYS)
        return [
            _mean_weights(past, weights, self.factors.shape[0]) @ self.factors
            for weights in (np.ones_like(lately), lately)
        ]

    def _activity(self, states: States) -> list[Float32s]:
        items, actions = states.items, states.actions
        kinds = [items.event_types == kind for kind in range(self.n_event_types)]
        done = [actions.event_types == kind for kind in range(len(EVENT_TYPES))]
        lately = [actions.ages <= _SPANS_DAYS[1], actions.ages <= _SPANS_DAYS[2]]
        columns = [
            _recency(items),
            _recency(actions),
            *(_count(items, items.ages <= days) for days in _SPANS_DAYS),
            _count(items, np.ones(len(items.ages), np.bool_)),
            *(_count(items, kind) for kind in kinds),
            *(_count(actions, kind & late) for kind in done for late in lately),
        ]
        return [np.stack(columns, axis=1).astype(np.float32)]

    def _items(self, past: Past) -> sp.csr_matrix:
        n_frequent = int(self.frequent.max(initial=-1)) + 1
        shares = _mean_weights(past, np.ones(len(past.ages), np.float32), len(self.frequent))
        kept = self.frequent[past.indices] >= 0
        pairs = (past.places[kept], self.frequent[past.indices[kept]])
        shape = (len(past.offsets) - 1, n_frequent)
        return sp.csr_matrix((shares.data[kept], pairs), shape, dtype=np.float32)

    def _done(self, past: Past) -> sp.csr_matrix:
        n_types = len(EVENT_TYPES)
        keys = (past.places * self.n_actions + past.indices) * n_types + past.event_types
        found, inverse = np.unique(keys, return_inverse=True)
        counts = np.bincount(inverse, minlength=len(found))
        ages = np.full(len(found), np.inf)
        np.minimum.at(ages, inverse, past.ages)
        values = np.stack([np.log1p(counts), *(np.exp(-ages / days) for days in _FADES_DAYS)], 1)
        width = values.shape[1]
        pairs, types = found // n_types, found % n_types
        rows, actions = pairs // self.n_actions, pairs % self.n_actions
        columns = (actions * n_types + types)[:, None] * width + np.arange(width)
        shape = (len(past.offsets) - 1, self.n_actions * N_DONE)
        places = (np.repeat(rows, width), columns.ravel())
        return sp.csr_matrix((values.ravel().astype(np.float32), places), shape)


def _mean_weights(past: Past, weights: Float32s, n_columns: int) -> sp.csr_matrix:
    """Rows that take means of `n_columns` vectors, one event more than there are in the divisor."""
    places, n = past.places, len(past.offsets) - 1
    totals = np.bincount(places, weights, minlength=n) + 1
    shares = (weights / totals[places]).astype(np.float32)
    return sp.csr_matrix((shares, past.indices, past.offsets), (n, n_columns))


def _count(past: Past, which: np.ndarray) -> Float32s:  # type: ignore[type-arg]
    counts = np.bincount(past.places[which], minlength=len(past.offsets) - 1)
    return np.log1p(counts).astype(np.float32)


def _recency(past: Past) -> Float32s:
    """log(1 + days since the newest event); a year for none."""
    ages = np.full(len(past.offsets) - 1, _LONG_AGO_DAYS, np.float32)
    some = np.diff(past.offsets) > 0
    ages[some] = past.ages[past.offsets[1:][some] - 1]
    return np.log1p(np.minimum(ages, _LONG_AGO_DAYS)).astype(np.float32)
