"""What an event tells beside its item: pauses, sessions, event type and event value, as codes.

A session boundary is an input like any other (the published HRNN encodes it in the embedded
inputs, so that windows of many users align) and never a manipulation of the hidden state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.queries import History
from penchant.data.training_set import Bools, Float32s, Int16s, Int64s, TrainingSet

SESSION_GAP_S: Final = 3600
"""A longer pause begins a new session."""

N_COLUMNS: Final = 4
_N_PAUSES: Final = 34
_N_PLACES: Final = 8
_NEVER: Final = 33


@dataclass(frozen=True)
class Marks:
    """Turns events into rows of one table of embeddings, `N_COLUMNS` rows an event.

    The columns: the pause before the event (powers of two of seconds), its place in the session
    (powers of two), its event type, its event value (steps between `value_edges`).

    Attributes:
        n_event_types: Number of known event types.
        value_edges: Ascending bounds between steps of event values, (n_edges,); empty where the
            training rows have no values.
    """

    n_event_types: int
    value_edges: Float32s

    @property
    def n_codes(self) -> int:
        """Rows of the table."""
        return _N_PAUSES + _N_PLACES + self.n_event_types + 1 + len(self.value_edges) + 2

    @classmethod
    def learned_from(cls, n_event_types: int, event_values: Float32s, n_steps: int = 8) -> "Marks":
        """Put the bounds where they cut the known values into steps of like size."""
        known = event_values[np.isfinite(event_values)]
        shares = np.linspace(0, 1, n_steps + 1)[1:-1]
        edges = np.unique(np.quantile(known, shares)) if len(known) else known
        return cls(n_event_types, edges.astype(np.float32))

    def codes(
        self, firsts: Bools, timestamps: Int64s, event_types: Int16s, event_values: Float32s
    ) -> npt.NDArray[np.int64]:
        """Code events that stand in order of user and time, shape (n, N_COLUMNS).

        Args:
            firsts: Where a user's events begin, (n,).
            timestamps: Epoch seconds, (n,).
            event_types: Indices, -1 for none, (n,).
            event_values: NaN for none, (n,).
        """
        codes = np.empty((len(firsts), N_COLUMNS), np.int64)
        pauses_s = np.maximum(np.diff(timestamps, prepend=timestamps[:1]), 0)
        codes[:, 0] = np.where(firsts, _NEVER, magnitude(pauses_s, _NEVER - 1))
        places = _since(firsts | (pauses_s > SESSION_GAP_S))
        codes[:, 1] = _N_PAUSES + magnitude(places, _N_PLACES - 1)
        beyond = _N_PAUSES + _N_PLACES
        codes[:, 2] = beyond + 1 + np.clip(event_types, -1, self.n_event_types - 1)
        steps = np.searchsorted(self.value_edges, event_values, side="right") + 1
        codes[:, 3] = beyond + 1 + self.n_event_types + np.where(np.isnan(event_values), 0, steps)
        return codes

    def rows_for(self, known: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.int64]:
        """Rows of this table that make up the table of other event types.

        Args:
            known: This table's event types (n_event_types,).
            names: Those of the other; one that is not known gets the row of no event type.
        """
        none = _N_PAUSES + _N_PLACES
        places = {name: none + 1 + place for place, name in enumerate(known)}
        of_names = [places.get(name, none) for name in names]
        beyond = range(none + 1 + self.n_event_types, self.n_codes)
        return np.array([*range(none + 1), *of_names, *beyond], np.int64)

    def codes_of_rows(self, training_set: TrainingSet) -> npt.NDArray[np.int64]:
        """Code all rows of a training set."""
        return self.codes(
            np.diff(training_set.user_indices, prepend=-1) != 0,
            training_set.timestamps,
            training_set.event_types,
            training_set.event_values,
        )

    def codes_of(self, histories: Sequence[History]) -> npt.NDArray[np.int64]:
        """Code the events of several histories, one after the other."""
        firsts = np.zeros(sum(map(len, histories)), np.bool_)
        begins = np.cumsum([0, *map(len, histories)])[:-1]
        firsts[[begin for begin, events in zip(begins, histories, strict=True) if len(events)]] = 1
        return self.codes(
            firsts,
            np.concatenate([events.timestamps for events in histories]),
            np.concatenate([events.event_types for events in histories]),
            np.concatenate([events.event_values for events in histories]),
        )


def magnitude(counts: Int64s, highest: int) -> Int64s:
    """0 for 0, else 1 + floor(log2), at most `highest`."""
    return np.minimum(np.frexp(counts.astype(np.float64))[1], highest).astype(np.int64)


def _since(boundaries: Bools) -> Int64s:
    """How many events ago the last boundary was, 0 at the boundary itself."""
    rows = np.arange(len(boundaries), dtype=np.int64)
    return rows - np.maximum.accumulate(np.where(boundaries, rows, 0))
