"""Questions that are asked after a pause: when, and what was taken then."""

from dataclasses import dataclass

import numpy as np

from penchant.data.training_set import Float32s, Int64s, TrainingSet
from penchant.models.marks import SESSION_GAP_S
from penchant.recipes.sampling import Windows
from penchant.recipes.transformer_losses import Asked


@dataclass(frozen=True)
class Pauses:
    """Questions within the pauses of a batch of windows.

    Attributes:
        steps: The step each is asked at, counted over all of (n_steps, b), row by row (n,).
        targets: The same, counted over the steps that have a target (n,).
        asked_at: Epoch seconds (n,).
        gaps_s: How long after the newest event (n,).
        rows: Rows that were taken next, question after question (n_rows,).
        of: Which question each row answers (n_rows,).
    """

    steps: Int64s
    targets: Int64s
    asked_at: Int64s
    gaps_s: Int64s
    rows: Int64s
    of: Int64s

    def asked(self, now: Asked, candidates: Int64s) -> Asked:
        """The questions, with what `now` says of the users' former items."""
        which = np.full(len(now.rows), -1)
        which[self.targets] = np.arange(len(self.targets))
        steps = which[now.steps]
        return Asked(
            rows=now.rows[self.targets],
            at=self.asked_at,
            steps=steps[steps >= 0],
            events=now.events[steps >= 0],
            candidates=candidates,
        )

    def shares(self, row_weights: Float32s) -> Float32s:
        """What each answer counts (n_rows,): its row's weight over the answers of its question."""
        return (row_weights[self.rows] / np.bincount(self.of)[self.of]).astype(np.float32)


class PauseFinder:
    """Asks once within every pause of more than an hour, at a random moment.

    The moment is drawn so that its distance from the newest event is as likely in every power of
    two: whoever asks after a day may stay away for a day more or for months.

    Args:
        training_set: Rows sorted by user and time.
        most_rows: Rows after a pause that are wanted.
    """

    def __init__(self, training_set: TrainingSet, most_rows: int) -> None:
        self._times = training_set.timestamps
        self._stops = training_set.offsets()[training_set.user_indices + 1]
        self._most_rows = most_rows

    def find(self, windows: Windows, rng: np.random.Generator) -> Pauses:
        """All questions of a batch."""
        wanted = windows.targets >= 0
        has_input = wanted & (windows.inputs >= 0)
        begun_at = self._times[np.where(has_input, windows.inputs, 0)]
        pauses_s = self._times[windows.rows] - begun_at
        steps = np.flatnonzero(has_input & (pauses_s > SESSION_GAP_S + 1))
        pauses_s = pauses_s.ravel()[steps]
        shares = rng.random(len(steps))
        gaps_s = SESSION_GAP_S * np.power(pauses_s / SESSION_GAP_S, shares)
        gaps_s = np.clip(gaps_s.astype(np.int64), SESSION_GAP_S + 1, pauses_s - 1)
        firsts = windows.rows.ravel()[steps]
        counts = np.minimum(self._stops[firsts] - firsts, self._most_rows)
        of = np.repeat(np.arange(len(steps)), counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return Pauses(
            steps=steps,
            targets=(np.cumsum(wanted) - 1)[steps],
            asked_at=begun_at.ravel()[steps] + gaps_s,
            gaps_s=gaps_s,
            rows=firsts[of] + within,
            of=of,
        )
