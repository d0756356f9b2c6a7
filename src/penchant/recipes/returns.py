"""Items that users had before: whether people come back to them is learned, not assumed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from penchant.data.training_set import Bools, Int64s, TrainingSet
from penchant.recipes.sampling import NO_TARGET, Windows, places_among

NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Returns:
    """The items in the user's history at the steps of windows, each by its latest event.

    Attributes:
        steps: Which target, counted over the steps that have one, row by row (n,).
        events: Row of the latest event of an item before that target (n,).
        is_return: Whether the target's own item is one, (n_targets,).
        latest: Row of the latest event of the target's own item; only where it is a return.
    """

    steps: Int64s
    events: Int64s
    is_return: Bools
    latest: Int64s

    def cells(self, items: Int64s, candidates: Int64s) -> Int64s:
        """Where they stand in a table of targets by candidates, counted row by row (n_found,).

        Args:
            items: Of all rows (n_rows,).
            candidates: Items, sorted.
        """
        places = places_among(candidates, items[self.events])
        found = places >= 0
        cells: Int64s = self.steps[found] * len(candidates) + places[found]
        return cells


class ReturnFinder:
    """Finds returns in windows over `training_set`; at most `max_history` events back."""

    def __init__(self, training_set: TrainingSet, max_history: int) -> None:
        users, items = training_set.user_indices, training_set.item_indices
        order = np.lexsort((items, users))
        same = (np.diff(users[order]) == 0) & (np.diff(items[order]) == 0)
        self._next = np.full(len(items), NEVER)
        self._next[order[:-1][same]] = order[1:][same]
        self._last = np.full(len(items), -max_history - 1)
        self._last[order[1:][same]] = order[:-1][same]
        self._max_history = max_history

    def find(self, windows: Windows) -> Returns:
        """All returns of a batch.

        An event is its item's latest from the row after it up to the item's next event, so its
        steps are a range.
        """
        wanted = windows.targets != NO_TARGET
        begins, stops = windows.rows[0], windows.rows[0] + wanted.sum(axis=0)
        events, places = _events(windows)
        first = np.maximum(events + 1, begins[places])
        last = np.minimum(self._next[events], stops[places] - 1)
        counts = np.maximum(last - first + 1, 0)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        targets = np.repeat(first, counts) + within
        events, places = np.repeat(events, counts), np.repeat(places, counts)
        steps = np.cumsum(wanted).reshape(wanted.shape) - 1
        target_rows = windows.rows[wanted]
        return Returns(
            steps=steps[targets - begins[places], places],
            events=events,
            is_return=target_rows - self._last[target_rows] <= self._max_history,
            latest=self._last[target_rows],
        )


def _events(windows: Windows) -> tuple[Int64s, Int64s]:
    """Rows of all events that the windows know of, and which window each is of."""
    n_older = np.diff(np.append(windows.older_begins, len(windows.older)))
    read = windows.inputs >= 0
    events = np.concatenate([windows.older, windows.inputs[read]])
    places = np.concatenate([np.repeat(np.arange(len(n_older)), n_older), np.nonzero(read)[1]])
    return events, places
