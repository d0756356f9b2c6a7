"""How a transformer reads histories and moments of asking."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Float32s, Int64s
from penchant.models.fading import weights_by_age
from penchant.models.marks import SESSION_GAP_S, Marks, magnitude

NOW: Final = 0
LATER: Final = 1
"""The two questions: what comes next in the session, and what the user comes back for."""

N_GAPS: Final = 34
N_DISTANCES: Final = 32


@dataclass(frozen=True)
class Shape:
    """How a network of this family reads histories; JSON values only.

    Attributes:
        n_steps: Newest events that run through the network one by one.
        n_blocks: Blocks of attention.
        n_heads: Heads of each.
        max_history: Newest events looked at in all.
        decays: Weight of an event relative to the next newer one, one per mean.
        value_edges: See `Marks`.
    """

    n_steps: int
    n_blocks: int
    n_heads: int
    max_history: int
    decays: tuple[float, ...]
    value_edges: tuple[float, ...]

    def weights(self) -> Float32s:
        """Weight of an event by mean and age, (n_decays, max_history), 0 where too small."""
        return weights_by_age(self.decays, self.max_history)

    def marks(self, n_event_types: int) -> Marks:
        """The coding of events."""
        return Marks(n_event_types, np.array(self.value_edges, np.float32))

    def ages(self) -> Int64s:
        """How many steps one is after another, (n_steps, n_steps), 0 where it is before."""
        steps = np.arange(self.n_steps)
        ages: Int64s = np.maximum(steps[:, None] - steps[None, :], 0)
        return ages

    def seen(self) -> Float32s:
        """1 / sqrt(steps so far) where one step sees another, else 0, (n_steps, n_steps)."""
        sees = np.tri(self.n_steps)
        seen: Float32s = (sees / np.sqrt(sees.sum(axis=1, keepdims=True))).astype(np.float32)
        return seen


@dataclass(frozen=True)
class Moment:
    """When a question is asked.

    Attributes:
        asked_at: Epoch seconds.
        gap: Code of the time since the newest event, see `gap_codes`; 0 within the session.
    """

    asked_at: int
    gap: int

    @classmethod
    def of(cls, query: Query) -> "Moment":
        """The moment of a query; without a history everything is asked within a session."""
        if not len(query.history):
            return cls(query.timestamp, 0)
        end = int(query.history.timestamps[-1])
        asked_at = query.timestamp or end + 1
        return cls(asked_at, int(gap_codes(np.array([asked_at - end]))[0]))

    @property
    def question(self) -> int:
        """`NOW` or `LATER`."""
        return LATER if self.gap else NOW


def gap_codes(gaps_s: Int64s) -> Int64s:
    """Codes of the time between the newest event and the moment of asking, (n,).

    0 up to the pause that ends a session, then powers of two of seconds, below `N_GAPS`.
    """
    return np.where(gaps_s > SESSION_GAP_S, magnitude(np.maximum(gaps_s, 0), N_GAPS - 1), 0)


def distance_codes(times: Int64s) -> Int64s:
    """Codes of the time between steps, (b, n, n), from epoch seconds (b, n); below `N_DISTANCES`.

    Powers of two of seconds; 0 also where a step is after the other, which no step looks at.
    """
    apart = times[:, :, None] - times[:, None, :]
    return magnitude(np.maximum(apart, 0), N_DISTANCES - 1)
