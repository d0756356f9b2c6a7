"""What is kept of actions beside the network: rules of recommending, and what users did."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from penchant.data.actions import DAY_S, TAKEN, VIEWED, ActionSet
from penchant.data.queries import ActionHistory
from penchant.data.training_set import NO_TIME, Bools, Float32s, Int16s, Int32s, Int64s
from penchant.models.arrays import map_array, save_arrays

LEAST_EVENTS: Final = 50
"""Events of each side that an action needs before its score is told."""
_SCORE_SPAN_S: Final = 42 * DAY_S
_MOST_ROWS: Final = 300


@dataclass(frozen=True)
class ActionCatalogue:
    """The rules of each action, all (n_actions,).

    Attributes:
        values: Business value, 1 to 10.
        expires_at: Epoch seconds, `NO_TIME` for never.
        repeat_days: Days to wait after a user's decision.
        scored: Whether the training had enough of it that its probability is told.
        n_taken: How often it was taken.
    """

    values: Float32s
    expires_at: Int64s
    repeat_days: Int64s
    scored: Bools
    n_taken: Int64s

    @classmethod
    def of(cls, actions: ActionSet) -> Self:
        """The rules, and which actions have enough events of the newest six weeks."""
        newest = int(actions.timestamps.max(initial=0))
        late = actions.subset(actions.timestamps >= newest - _SCORE_SPAN_S)
        n, was_taken = actions.n_actions, late.event_types == TAKEN
        taken = np.bincount(late.action_indices[was_taken], minlength=n)
        shown = np.bincount(late.action_indices[~was_taken], minlength=n)
        ever = actions.action_indices[actions.event_types == TAKEN]
        return cls(
            actions.values,
            actions.expires_at,
            actions.repeat_days,
            (taken >= LEAST_EVENTS) & (shown >= LEAST_EVENTS),
            np.bincount(ever, minlength=n).astype(np.int64),
        )

    def open_to(self, history: ActionHistory, now: int) -> Bools:
        """Which actions may be recommended to a user of this history, (n_actions,).

        Neither expired ones, nor those that the user took or declined too lately.
        """
        unexpired: Bools = (self.expires_at == NO_TIME) | (now < self.expires_at)
        decided = history.event_types != VIEWED
        which = history.actions[decided]
        ages_s = now - history.timestamps[decided]
        waiting = which[ages_s < self.repeat_days[which] * DAY_S]
        unexpired[waiting] = False
        return unexpired

    def save(self, folder: Path) -> None:
        """Write one array per attribute."""
        save_arrays(folder, **vars(self))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, memory-mapped."""
        return cls(**{name: map_array(folder, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class ActionHistories:
    """The newest interactions of every user with actions, oldest first, in CSR form."""

    offsets: Int64s
    actions: Int32s
    timestamps: Int64s
    event_types: Int16s

    @classmethod
    def newest_of(cls, actions: ActionSet, n_users: int) -> Self:
        """The newest few hundred rows of every user."""
        to_end = actions.offsets(n_users)[1:][actions.user_indices] - np.arange(actions.n_rows)
        kept = actions.subset(to_end <= _MOST_ROWS)
        return cls(kept.offsets(n_users), kept.action_indices, kept.timestamps, kept.event_types)

    def of(self, user_index: int) -> ActionHistory:
        """One user's history; empty for an unknown user (-1)."""
        if not 0 <= user_index < len(self.offsets) - 1:
            return ActionHistory.empty()
        rows = slice(int(self.offsets[user_index]), int(self.offsets[user_index + 1]))
        return ActionHistory(self.actions[rows], self.timestamps[rows], self.event_types[rows])

    def save(self, folder: Path) -> None:
        """Write one array per attribute."""
        save_arrays(folder, **vars(self))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, memory-mapped."""
        return cls(**{name: map_array(folder, name) for name in cls.__dataclass_fields__})
