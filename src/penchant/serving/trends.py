"""The list of trending items, kept up with the events that come in."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.top_k import Scores, top_k
from penchant.data.training_set import Bools, Int32s, Int64s
from penchant.data.trends import WINDOWS, growth, window_counts
from penchant.models.known_ids import KnownIds
from penchant.models.trending import TrendingModel, trend_scores
from penchant.serving.history import EventReading
from penchant.serving.moments import is_live
from penchant.store.events import Event, EventLog

LONGEST_LIST: Final = 500
LONGEST_REST_S: Final = 7_200.0
LEAST_REST_S: Final = 1.0
REST_PER_WORK: Final = 20.0


class Trends:
    """What grows fastest now, by one model and the events since. Safe to use from several threads.

    The list is renewed when it is asked for after a rest of 20 times what the last renewal took,
    at least a second, at most the length of a window or two hours. Who finds it due waits for the
    renewal; meanwhile the others have the list as it is.

    "Now" is the clock, or the newest interaction where that is more than 90 days old.

    Args:
        model: The interactions up to the training.
        users: Who was known at training.
        reader: Which events the model takes.
        stream: Where the events are.
        monotonic: Seconds that never run backwards.
    """

    def __init__(
        self,
        model: TrendingModel,
        users: KnownIds,
        reader: EventReading,
        stream: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._fresh = _FreshRows(model, users, reader)
        self._stream = stream
        self._monotonic = monotonic
        self.shown: Shown = Shown.of(model.items.ids, (), model.score([Query()])[0])
        self._due_at = -np.inf
        self._read_to = 0
        self._renewing = Lock()

    def listed(self, n: int) -> list[str]:
        """The best `n` item ids as last worked out, at most 500."""
        return list(self.shown.best[:n])

    @property
    def due(self) -> bool:
        """Whether it is time for `renew` and nobody is at it."""
        return self._monotonic() >= self._due_at and not self._renewing.locked()

    def renew(self, log: EventLog, clock_s: int) -> None:
        """Read what came since the last time and work out the list, unless somebody is at it.

        Args:
            log: Where the events are; the database goes through all of the stream's.
            clock_s: The present moment, epoch seconds.
        """
        if not self._renewing.acquire(blocking=False):
            return
        try:
            began = self._monotonic()
            self._read(log, clock_s)
            self._work_out(clock_s)
            ended = self._monotonic()
            rest = max(REST_PER_WORK * (ended - began), LEAST_REST_S)
            self._due_at = ended + min(rest, LONGEST_REST_S, self._model.window_s)
        finally:
            self._renewing.release()

    def _read(self, log: EventLog, clock_s: int) -> None:
        upto = log.last_sequence(self._stream)
        oldest = self._now(clock_s) - WINDOWS * self._model.window_s
        if upto > self._read_to:
            wanted = {"after": self._read_to, "upto": upto, "oldest": oldest}
            for events in log.since(self._stream, **wanted):
                self._fresh.take(events)
        self._read_to = upto
        self._fresh.forget_before(oldest)

    def _work_out(self, clock_s: int) -> None:
        fresh_items, fresh_times = self._fresh.rows()
        new_ids = tuple(self._fresh.new_ids)
        n_items = len(self._model.items) + len(new_ids)
        counts = window_counts(
            np.concatenate([self._model.recent_items, fresh_items]),
            np.concatenate([self._model.recent_timestamps, fresh_times]),
            now=self._now(clock_s),
            window_s=self._model.window_s,
            n_items=n_items,
        )
        popularity = np.bincount(fresh_items, minlength=n_items).astype(np.float32)
        popularity[: len(self._model.items)] += self._model.popularity
        scores = trend_scores(growth(counts), popularity)
        self.shown = Shown.of(self._model.items.ids, new_ids, scores)

    def _now(self, clock_s: int) -> int:
        newest = max(self._model.trained_until, self._fresh.newest_until(clock_s))
        return clock_s if is_live(newest, clock_s) else newest


@dataclass(frozen=True)
class Shown:
    """What grows how fast, at one moment.

    Attributes:
        known_ids: The model's items.
        new_ids: Items that came up since.
        scores: Of both, one after the other.
        best: The ids of the highest scores, at most 500.
    """

    known_ids: Sequence[str]
    new_ids: Sequence[str]
    scores: Scores
    best: Sequence[str] = ()

    @classmethod
    def of(cls, known_ids: Sequence[str], new_ids: Sequence[str], scores: Scores) -> "Shown":
        """Work out the best of them."""
        shown = cls(known_ids, new_ids, scores)
        best = [shown.name(place) for place in top_k(scores, LONGEST_LIST).tolist()]
        return replace(shown, best=best)

    def name(self, place: int) -> str:
        """The id that a score is of."""
        known = len(self.known_ids)
        return self.known_ids[place] if place < known else self.new_ids[place - known]


class _FreshRows:
    """Interactions of the last windows that the model was not trained on; 300 bytes each.

    An item that the model does not know gets the next index after its catalogue.
    """

    def __init__(self, model: TrendingModel, users: KnownIds, reader: EventReading) -> None:
        self.new_ids: list[str] = []
        self._model = model
        self._users = users
        self._reader = reader
        self._new: dict[str, int] = {}
        self._rows: dict[tuple[str, str, int, str | None], int] = {}

    def take(self, events: Sequence[Event]) -> None:
        """Add events; one that is there already, or was trained on, counts once."""
        taken = [event for event in events if event.item_id and self._reader.takes(event)]
        for event, trained in zip(taken, self._trained_on(taken).tolist(), strict=True):
            if not trained:
                row = (event.user_id, event.item_id, event.timestamp, event.event_type)
                self._rows[row] = self._index(event.item_id)

    def forget_before(self, timestamp: int) -> None:
        """Leave out rows that are older."""
        if any(row[2] < timestamp for row in self._rows):
            self._rows = {row: item for row, item in self._rows.items() if row[2] >= timestamp}

    def rows(self) -> tuple[Int32s, Int64s]:
        """Item indices and timestamps."""
        times = (row[2] for row in self._rows)
        n = len(self._rows)
        return np.fromiter(self._rows.values(), np.int32, n), np.fromiter(times, np.int64, n)

    def newest_until(self, timestamp: int) -> int:
        """The newest time that is not after `timestamp`; 0 where there is none."""
        return max((row[2] for row in self._rows if row[2] <= timestamp), default=0)

    def _index(self, item_id: str) -> int:
        known = self._model.items.index(item_id)
        if known >= 0:
            return known
        if item_id not in self._new:
            self._new[item_id] = len(self._model.items) + len(self.new_ids)
            self.new_ids.append(item_id)
        return self._new[item_id]

    @cached_property
    def _trained(self) -> npt.NDArray[np.uint64]:
        model = self._model
        return np.sort(self._keys(model.recent_users, model.recent_items, model.recent_timestamps))

    def _trained_on(self, events: Sequence[Event]) -> Bools:
        users = np.array([self._users.index(event.user_id) for event in events], np.int64)
        items = self._model.items.indices([event.item_id for event in events])
        times = np.array([event.timestamp for event in events], np.int64)
        if not len(self._trained):
            return np.zeros(len(events), np.bool_)
        keys = self._keys(users, items, times)
        places = np.minimum(np.searchsorted(self._trained, keys), len(self._trained) - 1)
        return np.asarray((users >= 0) & (items >= 0) & (self._trained[places] == keys))

    def _keys(
        self, users: npt.NDArray[Any], items: Int32s, timestamps: Int64s
    ) -> npt.NDArray[np.uint64]:
        """One number per (user, item, time); overflow makes it a hash, which is good enough."""
        pairs = users.astype(np.uint64) * np.uint64(len(self._model.items)) + items.astype(
            np.uint64
        )
        ages = (self._model.trained_until - timestamps).astype(np.uint64)
        return pairs * np.uint64(WINDOWS * self._model.window_s + 1) + ages
