"""A user's history: what the model was trained on, and the events that came since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from penchant.data.queries import History
from penchant.data.training_set import NO_EVENT_TYPE
from penchant.data.vocabulary import Vocabulary
from penchant.store.events import Event


@dataclass(frozen=True, slots=True)
class EventReading:
    """How one model reads events.

    Attributes:
        items: Its catalogue; events on other items are passed over.
        event_types: Its event types, as they are and in lower case -> index.
        least_values: The event types that it was trained on, in lower case -> the event value
            below which it was not, None for no limit; empty for all types.
        least_value: That value for every type.
    """

    items: Vocabulary
    event_types: Mapping[str, int]
    least_values: Mapping[str, float | None] = field(default_factory=dict)
    least_value: float | None = None

    def overlay(self, seen: History, events: Sequence[Event], n: int) -> History:
        """The newest `n` interactions of `seen` and `events` together, oldest first.

        An event that `seen` holds (same item, time and type) counts once, as does a repeated
        event id. Of equal times, `seen` comes first, then the events as they come.

        Args:
            seen: What the model was trained on.
            events: Sorted by timestamp.
            n: How many at most.
        """
        rows = list({row[:3]: row for row in self._rows(events)}.values())
        if not rows:
            return seen.newest(n)
        oldest = min(row[1] for row in rows)
        if not len(seen) or seen.timestamps[-1] < oldest:
            return (seen + _history(rows)).newest(n)
        known = _rows_since(seen, oldest)
        rows = [row for row in rows if row[:3] not in known]
        return _in_order(seen + _history(rows)).newest(n) if rows else seen.newest(n)

    def _rows(self, events: Sequence[Event]) -> Iterator["_Row"]:
        index, ids, types = self.items.index, set[str](), dict[str | None, int]()
        for event in events:
            item = index(event.item_id)
            if item < 0 or event.event_id in ids or not self.takes(event):
                continue
            if event.event_id:
                ids.add(event.event_id)
            kind = event.event_type
            if kind not in types:
                types[kind] = self._event_type(kind or "")
            value = event.event_value
            yield item, event.timestamp, types[kind], np.nan if value is None else value

    def _event_type(self, name: str) -> int:
        exact = self.event_types.get(name)
        return self.event_types.get(name.lower(), NO_EVENT_TYPE) if exact is None else exact

    def takes(self, event: Event) -> bool:
        """Whether the model learns from such an event."""
        least = self.least_value
        if self.least_values:
            kind = (event.event_type or "").lower()
            if kind not in self.least_values:
                return False
            least = self.least_values[kind]
        if least is None:
            return True
        return event.event_value is not None and event.event_value >= least


_Row = tuple[int, int, int, float]


def _rows_since(seen: History, timestamp: int) -> set[tuple[int, int, int]]:
    newer = seen.newest(len(seen) - int(np.searchsorted(seen.timestamps, timestamp)))
    columns = (newer.items.tolist(), newer.timestamps.tolist(), newer.event_types.tolist())
    return set(zip(*columns, strict=True))


def _history(rows: Sequence[_Row]) -> History:
    items, timestamps, event_types, event_values = zip(*rows, strict=True)
    return History(
        np.array(items, np.int32),
        np.array(timestamps, np.int64),
        np.array(event_types, np.int16),
        np.array(event_values, np.float32),
    )


def _in_order(history: History) -> History:
    order = np.argsort(history.timestamps, kind="stable")
    return History(
        history.items[order],
        history.timestamps[order],
        history.event_types[order],
        history.event_values[order],
    )
