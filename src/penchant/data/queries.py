"""What a model is asked: one user's history, or one item."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from penchant.data.vocabulary import UNKNOWN


@dataclass(frozen=True)
class History:
    """One user's interactions, oldest first; all arrays have shape (n,).

    Attributes:
        items: Item indices of the model's vocabulary, int32, all known.
        timestamps: Epoch seconds, int64.
        event_types: Indices into the model's event types, int16, -1 for none or unknown.
        event_values: float32, NaN for none.
    """

    items: npt.NDArray[np.int32]
    timestamps: npt.NDArray[np.int64]
    event_types: npt.NDArray[np.int16]
    event_values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def empty(cls) -> "History":
        """The history of a user of whom nothing is known."""
        return cls(
            np.empty(0, np.int32),
            np.empty(0, np.int64),
            np.empty(0, np.int16),
            np.empty(0, np.float32),
        )

    def newest(self, n: int) -> "History":
        """The last `n` interactions."""
        start = max(0, len(self) - n)
        return History(
            self.items[start:],
            self.timestamps[start:],
            self.event_types[start:],
            self.event_values[start:],
        )

    def __add__(self, later: "History") -> "History":
        """This history followed by a later one."""
        return History(
            np.concatenate([self.items, later.items]),
            np.concatenate([self.timestamps, later.timestamps]),
            np.concatenate([self.event_types, later.event_types]),
            np.concatenate([self.event_values, later.event_values]),
        )


@dataclass(frozen=True)
class ActionHistory:
    """What one user did about actions, oldest first; all arrays have shape (n,).

    Attributes:
        actions: Action indices of the model's vocabulary, int32, all known.
        timestamps: Epoch seconds, int64.
        event_types: Indices into `data.actions.EVENT_TYPES`, int16.
    """

    actions: npt.NDArray[np.int32]
    timestamps: npt.NDArray[np.int64]
    event_types: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.actions)

    @classmethod
    def empty(cls) -> "ActionHistory":
        """The history of a user who was never shown an action."""
        return cls(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int16))


@dataclass(frozen=True)
class Query:
    """One question to a model.

    Attributes:
        history: The user's interactions up to now.
        user_index: The user's index in the model's vocabulary, -1 when unknown.
        item_index: The item that related items are wanted for, -1 when none or unknown.
        timestamp: The moment of asking, epoch seconds; 0 means one second after the history's end.
        context: What is told of the moment, column of the interactions -> value, as sent.
        actions: What the user did about actions up to now.
    """

    history: History = field(default_factory=History.empty)
    user_index: int = UNKNOWN
    item_index: int = UNKNOWN
    timestamp: int = 0
    context: Mapping[str, str] = field(default_factory=dict)
    actions: ActionHistory = field(default_factory=ActionHistory.empty)
