"""What the leaderboard of next best action sets beside the recipe: how often actions are taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.training_set import Bools, Float32s
from penchant.models.action_inputs import Reading
from penchant.models.action_states import States
from penchant.recipes.actions_learner import Lessons

_N_SEGMENTS: Final = 8
_N_ROUNDS: Final = 10
_PRIOR_MOMENTS: Final = 20.0


@dataclass(frozen=True)
class ActionPopularity:
    """The share of all moments after which each action was taken (n_actions,)."""

    rates: Float32s

    def score_actions(self, queries: Sequence[Query]) -> Float32s:
        """The same for every user."""
        return np.tile(self.rates, (len(queries), 1))


@dataclass(frozen=True)
class SegmentPopularity:
    """The same within segments of users of like interests and activity.

    Attributes:
        reading: How states are read.
        means, spreads: Of the numbers read, (n_numbers,).
        centres: Middle of each segment, in spreads from the means (n_segments, n_numbers).
        rates: (n_segments, n_actions).
    """

    reading: Reading
    means: Float32s
    spreads: Float32s
    centres: Float32s
    rates: Float32s

    def score_actions(self, queries: Sequence[Query]) -> Float32s:
        """What users of the same segment take."""
        if not queries:
            return np.zeros((0, self.rates.shape[1]), np.float32)
        numbers = self.reading.inputs(States.of(queries)).numbers
        nearest = _nearest((numbers - self.means) / self.spreads, self.centres)
        return np.asarray(self.rates[nearest], np.float32)


def fit_segments(
    reading: Reading, lessons: Lessons, period_windows: float, seed: int
) -> dict[str, ActionPopularity | SegmentPopularity]:
    """Both baselines.

    Args:
        reading: How states are read.
        lessons: What to count.
        period_windows: The optimization period in windows of the lessons.
        seed: Chooses the first middles.
    """
    overall = lessons.rates()
    numbers = lessons.inputs.numbers
    means, spreads = numbers.mean(axis=0), np.maximum(numbers.std(axis=0), 1e-3)
    points = (numbers - means) / spreads
    centres = _centres_of(points, np.random.default_rng(seed))
    nearest = _nearest(points, centres)
    rates = np.stack([_rates(lessons, nearest == k, overall) for k in range(len(centres))])
    return {
        "action popularity": ActionPopularity(_over(overall, period_windows)),
        "popularity per segment": SegmentPopularity(
            reading, means, spreads, centres, _over(rates, period_windows)
        ),
    }


def _centres_of(points: Float32s, rng: np.random.Generator) -> Float32s:
    """Middles of segments by k-means (Lloyd 1982), (n_segments, n_numbers)."""
    first = rng.choice(len(points), min(_N_SEGMENTS, len(points)), replace=False)
    centres = points[first]
    for _ in range(_N_ROUNDS):
        nearest = _nearest(points, centres)
        members = [points[nearest == k] for k in range(len(centres))]
        moved = [m.mean(axis=0) if len(m) else centres[k] for k, m in enumerate(members)]
        centres = np.stack(moved)
    return centres


def _rates(lessons: Lessons, of: Bools, overall: Float32s) -> Float32s:
    n_taken = (lessons.taken[of] & lessons.counted[of]).sum(axis=0)
    n_counted = lessons.counted[of].sum(axis=0)
    rates = (n_taken + _PRIOR_MOMENTS * overall) / (n_counted + _PRIOR_MOMENTS)
    return np.asarray(rates, np.float32)


def _over(rates: Float32s, windows: float) -> Float32s:
    return np.asarray(1 - (1 - rates) ** windows, np.float32)


def _nearest(points: Float32s, centres: Float32s) -> npt.NDArray[np.intp]:
    distances = (centres**2).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(distances.argmin(axis=1))
