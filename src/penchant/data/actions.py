"""Actions that may be recommended, and what users did about them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from penchant.data.queries import ActionHistory
from penchant.data.training_set import (
    NO_TIME,
    Bools,
    Features,
    Float32s,
    Int16s,
    Int32s,
    Int64s,
)
from penchant.data.vocabulary import Vocabulary

EVENT_TYPES: Final = ("TAKEN", "NOT_TAKEN", "VIEWED")
TAKEN: Final = 0
NOT_TAKEN: Final = 1
VIEWED: Final = 2

DAY_S: Final = 86_400
LEAST_VALUE: Final = 1.0
"""What an action without a `VALUE` counts as."""


def event_type_of(name: str) -> int | None:
    """Index into `EVENT_TYPES` of a type in any spelling (`Not Taken`); None for no such type."""
    wanted = name.replace("_", "").replace(" ", "").upper()
    for index, known in enumerate(EVENT_TYPES):
        if known.replace("_", "") == wanted:
            return index
    return None


def in_data_form(name: str) -> str:
    """A type as data writes it, `NOT_TAKEN`, whatever its spelling; another text as it is."""
    index = event_type_of(name)
    return name if index is None else EVENT_TYPES[index]


def spelled(column: str, values: Iterable[object], otherwise: str = "NULL") -> str:
    """SQL for a column of types in any spelling: the value that stands for each of `EVENT_TYPES`.

    Args:
        column: SQL for the texts.
        values: SQL for the values, in the order of `EVENT_TYPES`.
        otherwise: SQL for the value of any other text.
    """
    told = zip(EVENT_TYPES, values, strict=True)
    cases = " ".join(f"WHEN '{one.replace('_', '')}' THEN {value}" for one, value in told)
    plain = f"upper(replace(replace({column}, '_', ''), ' ', ''))"
    return f"(CASE {plain} {cases} ELSE {otherwise} END)"


@dataclass(frozen=True)
class ActionSet:
    """Actions, and the interactions with them sorted by user index, then time, then arrival.

    Attributes:
        actions: Vocabulary.
        features: Metadata, one row per action.
        values: The business value, 1 to 10, `LEAST_VALUE` where none is given (n_actions,).
        created_at: Epoch seconds (n_actions,), `NO_TIME` where unknown.
        expires_at: From when on an action is no longer recommended, `NO_TIME` for never.
        repeat_days: Days for which an action that a user decided on is not recommended again to
            that user, 0 for none (n_actions,).
        user_indices: Index in the training set's users (n_rows,), as the following ones.
        action_indices: Index in `actions`.
        timestamps: Epoch seconds.
        event_types: Index into `EVENT_TYPES`.
    """

    actions: Vocabulary
    features: Features
    values: Float32s
    created_at: Int64s
    expires_at: Int64s
    repeat_days: Int64s
    user_indices: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    action_indices: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    timestamps: Int64s = field(default_factory=lambda: np.empty(0, np.int64))
    event_types: Int16s = field(default_factory=lambda: np.empty(0, np.int16))

    @classmethod
    def plain(cls, actions: Vocabulary) -> "ActionSet":
        """Actions of which only the ids are known."""
        n = len(actions)
        unknown = np.full(n, NO_TIME, np.int64)
        values = np.full(n, LEAST_VALUE, np.float32)
        return cls(actions, Features(), values, unknown, unknown, np.zeros(n, np.int64))

    @property
    def n_actions(self) -> int:
        """Number of actions."""
        return len(self.actions)

    @property
    def n_rows(self) -> int:
        """Number of interactions with actions."""
        return len(self.action_indices)

    def offsets(self, n_users: int) -> Int64s:
        """Where each user's rows begin, shape (n_users + 1,)."""
        counts = np.bincount(self.user_indices, minlength=n_users)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def subset(self, keep: Bools) -> "ActionSet":
        """The interactions where `keep` (n_rows,) holds, with all actions."""
        return replace(
            self,
            user_indices=self.user_indices[keep],
            action_indices=self.action_indices[keep],
            timestamps=self.timestamps[keep],
            event_types=self.event_types[keep],
        )

    def history(self, start: int, stop: int) -> ActionHistory:
        """Rows `start` to `stop`, which must belong to one user, as that user's history."""
        rows = slice(start, stop)
        return ActionHistory(
            self.action_indices[rows], self.timestamps[rows], self.event_types[rows]
        )

    def first_at(self) -> Int64s:
        """Time of the first interaction with each action (n_actions,), `NO_TIME` without one."""
        never = np.iinfo(np.int64).max
        first = np.full(self.n_actions, never)
        np.minimum.at(first, self.action_indices, self.timestamps)
        first[first == never] = NO_TIME
        return first
