"""On what a user has events of a type: those imported, and those that came since, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import numpy as np

from penchant.data.training_set import Int32s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.serving.kept import Kept
from penchant.serving.past import Past
from penchant.store.events import EventLog

NEWEST_EVENTS: Final = 100
"""Of a user's streamed events this many, by time, make their history."""
NEWEST: Final = 10_000
"""Of a user's streamed events this many, by time, are looked at; the service looks at 100 a type.

Finding out that there are no others costs 6 us, 0.1 ms a thousand events on top.
"""
MOST_USERS: Final = 10_000

Names = frozenset[tuple[str, str]]
"""Pairs of an item's id and an event type in lower case."""


class Lately(NamedTuple):
    """What a user streamed.

    `last_event` names those of it that histories are made of: the highest sequence of the newest
    100 (`NEWEST_EVENTS`), 0 for none.
    """

    last_event: int
    names: Names


NOTHING: Final = Lately(0, frozenset())


@dataclass(frozen=True)
class KnownPast:
    """The imported events of a dataset, by the indices of one catalogue.

    Attributes:
        pasts: The index of each file, without the ids of its items: a million take 80 MB.
        places: Where each file's items stand in the catalogue.
        strangers: The ids of each file's items that are not there, by their index in the file.
        kept: The rows on which users have events, by user and types.
    """

    pasts: Sequence[Past]
    places: Sequence[Int32s]
    strangers: Sequence[Mapping[int, str]]
    kept: Kept[Int32s] = field(default_factory=lambda: Kept(MOST_USERS), compare=False)

    @classmethod
    def of(cls, pasts: Sequence[Past], items: Vocabulary) -> "KnownPast":
        """Where the files' items stand in the catalogue `items`."""
        places = [items.indices(past.item_ids) for past in pasts]
        strangers = [_strangers(*file) for file in zip(pasts, places, strict=True)]
        return cls([replace(past, item_ids=()) for past in pasts], places, strangers)

    def on(self, user_id: str, types: frozenset[str] | None) -> tuple[Int32s, list[str]]:
        """On what a user has events of these types, in lower case; None: of any.

        Returns:
            The catalogue's items, and the ids of those that are not in it.
        """
        known, names = [np.empty(0, np.int32)], []
        files = zip(self.pasts, self.places, self.strangers, strict=True)
        for past, places, strangers in files:
            items = past.of(user_id, types)
            found = places[items]
            inside = found != UNKNOWN
            known.append(found[inside])
            if not inside.all():
                names += [strangers[item] for item in items[~inside].tolist()]
        return np.concatenate(known), names


class Streamed:
    """The pairs of item and event type that users streamed; keeps those of who asked lately.

    Safe to use from several threads.
    """

    def __init__(self, log: EventLog, capacity: int = MOST_USERS) -> None:
        self._log = log
        self._kept: Kept[Lately] = Kept(capacity)

    def of(self, stream: str, user_id: str) -> Lately:
        """What a user did, every acknowledged event included.

        Sequences are read before the events: what comes in between is newer than its name, and
        the next question reads again.
        """
        sequence = self._log.newest_sequence(stream, user_id, NEWEST)
        if not sequence:
            return NOTHING
        lately = self._kept.find((stream, user_id), (sequence,))
        if lately is None:
            last_event = self._log.newest_sequence(stream, user_id, NEWEST_EVENTS)
            events = self._log.newest(stream, user_id, NEWEST)
            names = frozenset((event.item_id, (event.event_type or "").lower()) for event in events)
            lately = Lately(last_event, names)
            self._kept.keep((stream, user_id), (sequence,), lately)
        return lately


def _strangers(past: Past, places: Int32s) -> dict[int, str]:
    # copies: the few that outlive a million others would hold on to the memory of all
    return {
        item: past.item_ids[item].encode().decode()
        for item in np.flatnonzero(places == UNKNOWN).tolist()
    }
