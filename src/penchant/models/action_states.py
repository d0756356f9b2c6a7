"""What is known of users at moments, as ragged arrays: one way for learning and for answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np

from penchant.data.action_moments import Moments, ragged
from penchant.data.actions import DAY_S, ActionSet
from penchant.data.queries import Query
from penchant.data.training_set import Float32s, Int16s, Int32s, Int64s, TrainingSet

MOST_ITEMS: Final = 100
"""Newest interactions with items that are read of a user."""
MOST_ACTIONS: Final = 100
"""Newest interactions with actions that are read of a user."""


@dataclass(frozen=True)
class Past:
    """What users did up to their moments; user n has the rows `offsets[n]:offsets[n + 1]`.

    Attributes:
        offsets: (n + 1,).
        indices: Items or actions (n_rows,), as the next two; oldest first.
        ages: Days before the moment.
        event_types: Index of the type, -1 for none.
    """

    offsets: Int64s
    indices: Int32s
    ages: Float32s
    event_types: Int16s

    @cached_property
    def places(self) -> Int64s:
        """Whose each row is (n_rows,)."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


@dataclass(frozen=True)
class States:
    """Users at moments.

    Attributes:
        users: Index of the user, -1 when unknown (n,).
        items: Their past with items.
        actions: Their past with actions.
    """

    users: Int32s
    items: Past
    actions: Past

    def __len__(self) -> int:
        return len(self.users)

    @classmethod
    def at(cls, moments: Moments, training_set: TrainingSet, actions: ActionSet) -> Self:
        """The states of users of a training set; what happens at a moment is known at it."""
        n_users = training_set.n_users
        of_items = _past(
            moments,
            training_set.offsets(),
            (training_set.item_indices, training_set.timestamps, training_set.event_types),
            MOST_ITEMS,
        )
        of_actions = _past(
            moments,
            actions.offsets(n_users),
            (actions.action_indices, actions.timestamps, actions.event_types),
            MOST_ACTIONS,
        )
        return cls(moments.users, of_items, of_actions)

    @classmethod
    def of(cls, queries: Sequence[Query]) -> Self:
        """The states that questions tell of."""
        times = np.fromiter((moment_of(query) for query in queries), np.int64, len(queries))
        items = [query.history.newest(MOST_ITEMS) for query in queries]
        done = [query.actions for query in queries]
        return cls(
            np.array([query.user_index for query in queries], np.int32),
            _told(times, [(one.items, one.timestamps, one.event_types) for one in items]),
            _told(
                times,
                [
                    (
                        one.actions[-MOST_ACTIONS:],
                        one.timestamps[-MOST_ACTIONS:],
                        one.event_types[-MOST_ACTIONS:],
                    )
                    for one in done
                ],
            ),
        )


def moment_of(query: Query) -> int:
    """When a question is asked: one second after all that is known, if it does not say."""
    if query.timestamp:
        return query.timestamp
    newest = [
        times[-1] for times in (query.history.timestamps, query.actions.timestamps) if len(times)
    ]
    return int(max(newest)) + 1 if newest else 0


_Columns = tuple[Int32s, Int64s, Int16s]


def _past(moments: Moments, offsets: Int64s, columns: _Columns, most: int) -> Past:
    indices, timestamps, event_types = columns
    begins = offsets[moments.users]
    ends = _ends(moments, offsets, timestamps)
    begins = np.maximum(begins, ends - most)
    places, rows = ragged(begins, ends)
    ages = (moments.timestamps[places] - timestamps[rows]) / DAY_S
    bounds = np.concatenate([[0], np.cumsum(ends - begins)]).astype(np.int64)
    return Past(bounds, indices[rows], ages.astype(np.float32), event_types[rows])


def _ends(moments: Moments, offsets: Int64s, timestamps: Int64s) -> Int64s:
    """Where the rows up to each moment end: bisection in all users' rows at once."""
    low, high = offsets[moments.users], offsets[moments.users + 1]
    while (low < high).any():
        middle = (low + high) // 2
        safe = np.minimum(middle, max(len(timestamps) - 1, 0))
        known = (low < high) & (timestamps[safe] <= moments.timestamps)
        low, high = np.where(known, middle + 1, low), np.where(known | (low >= high), high, middle)
    return low


def _told(times: Int64s, columns: Sequence[_Columns]) -> Past:
    sizes = np.fromiter((len(one[0]) for one in columns), np.int64, len(columns))
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    if not bounds[-1]:
        empty = (np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int16))
        return Past(bounds, *empty)
    indices, timestamps, event_types = (
        np.concatenate(parts) for parts in zip(*columns, strict=True)
    )
    ages = np.maximum(np.repeat(times, sizes) - timestamps, 0) / DAY_S
    return Past(bounds, indices, ages.astype(np.float32), event_types)
