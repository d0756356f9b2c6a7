"""Windows over users' histories, for learning every position of a window in one pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Bools, Float32s, Int64s, TrainingSet

NO_TARGET: Final = -1
_HALF_LIFE: Final = 0.5
_POOL: Final = 32
"""Batches whose windows are sorted by length together; sorting saves a fifth of the steps."""

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Windows:
    """A batch of windows; time runs along the first axis.

    Attributes:
        inputs: Row of the event read at each step (n_steps, b), -1 where the user begins.
        targets: Item of the next event (n_steps, b), `NO_TARGET` where there is none.
        rows: Row of the target (n_steps, b); only where there is one.
        users: (b,).
        older: Rows of the events before the windows' inputs, window after window, oldest first.
        older_begins: Where each window's rows begin in `older` (b,).
        older_ages: Age of each, 0 for the newest of its window, as `older`.
    """

    inputs: Int64s
    targets: Int64s
    rows: Int64s
    users: Int64s
    older: Int64s
    older_begins: Int64s
    older_ages: Int64s


class WindowSampler:
    """Cuts histories into windows of up to `length` targets.

    The first window of a longer history is of random length, so that cuts differ by epoch.

    Args:
        training_set: Rows sorted by user and time.
        learned: Users to learn from (n_users,).
        length: Steps of a window.
        max_older: Older events that a window knows of.
    """

    def __init__(
        self,
        training_set: TrainingSet,
        learned: Bools,
        *,
        length: int,
        max_older: int,
    ) -> None:
        self._items = training_set.item_indices.astype(np.int64)
        self._offsets = training_set.offsets()
        counts = np.diff(self._offsets)
        self._users = np.flatnonzero(learned & (counts > 0))
        self._counts = counts[self._users]
        self._length = length
        self._max_older = max_older

    @property
    def n_windows(self) -> float:
        """Windows of an epoch, on average over the random first lengths."""
        longer = self._counts > self._length
        return float((1 + np.where(longer, (self._counts - 1) / self._length, 0)).sum())

    def epoch(self, rng: np.random.Generator, batch_size: int) -> Iterator[Windows]:
        """All windows once, in random order; those of a batch are of like length."""
        users, begins, stops = self._cut(rng)
        order = rng.permutation(len(users))
        pool = _POOL * batch_size
        batches = []
        for at in range(0, len(order), pool):
            pooled = order[at : at + pool]
            pooled = pooled[np.argsort((begins - stops)[pooled], kind="stable")]
            batches += np.split(pooled, range(batch_size, len(pooled), batch_size))
        for place in rng.permutation(len(batches)):
            chosen = batches[place]
            yield self.windows(users[chosen], begins[chosen], stops[chosen])

    def windows(self, users: Int64s, begins: Int64s, stops: Int64s) -> Windows:
        """The windows with the targets `begins` to `stops`, rows of the users, all (b,)."""
        n_steps = int((stops - begins).max())
        rows = begins + np.arange(n_steps)[:, None]
        is_target = rows < stops
        targets = self._items[np.minimum(rows, len(self._items) - 1)]
        origin = self._offsets[users]
        older, older_begins, ages = self._older(origin, begins)
        return Windows(
            inputs=np.where((rows > origin) & is_target, rows - 1, -1),
            targets=np.where(is_target, targets, NO_TARGET),
            rows=np.minimum(rows, len(self._items) - 1),
            users=users,
            older=older,
            older_begins=older_begins,
            older_ages=ages,
        )

    def _cut(self, rng: np.random.Generator) -> tuple[Int64s, Int64s, Int64s]:
        length = self._length
        firsts = np.minimum(rng.integers(1, length + 1, len(self._users)), self._counts)
        firsts = np.where(self._counts <= length, self._counts, firsts)
        n_windows = 1 + -(-(self._counts - firsts) // length)
        users = np.repeat(self._users, n_windows)
        places = np.arange(len(users)) - np.repeat(np.cumsum(n_windows) - n_windows, n_windows)
        shifts = np.repeat(firsts, n_windows)
        origin = self._offsets[users]
        begins = origin + np.where(places == 0, 0, shifts + (places - 1) * length)
        stops = np.minimum(origin + shifts + places * length, self._offsets[users + 1])
        return users, begins, stops

    def _older(self, origin: Int64s, begins: Int64s) -> tuple[Int64s, Int64s, Int64s]:
        stops = np.maximum(begins - 1, origin)
        counts = np.minimum(stops - origin, self._max_older)
        starts = np.cumsum(counts) - counts
        places = np.arange(counts.sum()) - np.repeat(starts, counts)
        ages = np.repeat(counts, counts) - 1 - places
        return np.repeat(stops, counts) - 1 - ages, starts, ages


def row_weights(training_set: TrainingSet, *, recency: bool) -> Float32s:
    """How much each row counts as a target, (n_rows,).

    With recency it halves with every `_HALF_LIFE` of all rows that came later.
    """
    if not recency:
        return np.ones(training_set.n_rows, np.float32)
    times = training_set.timestamps
    earlier = np.searchsorted(np.sort(times), times, side="right") / len(times)
    weights: Float32s = np.exp2((earlier - 1) / _HALF_LIFE).astype(np.float32)
    return weights


def places_among(known: Int64s, items: Int64s) -> Int64s:
    """Where the items stand among the `known` ones, which are sorted; -1 for others."""
    places = np.minimum(np.searchsorted(known, items), len(known) - 1)
    return np.where(known[places] == items, places, -1)
