"""On what a user has events."""

import numpy as np
import pytest

from penchant.data.vocabulary import Vocabulary
from penchant.models.known_ids import KnownIds
from penchant.serving.imported_events import ImportedEvents
from penchant.serving.user_events import (
    NEWEST,
    NEWEST_EVENTS,
    NO_EVENTS,
    CatalogueEvents,
    StreamedEvents,
)
from penchant.store.database import connect, migrate
from penchant.store.events import Event, EventLog

STREAM = "arn:aws:personalize:us-east-1:000000000000:dataset-group/shop"
PAST = ImportedEvents(
    users=KnownIds.of(Vocabulary(["u", "v"])),
    item_ids=("a", "b", "gone"),
    type_names=("buy", "click"),
    offsets=np.array([0, 3, 4]),
    items=np.array([0, 2, 1, 1], np.int32),
    types=np.array([0, 0, 1, 1], np.int16),
)


def test_imported_items_are_told_by_index_and_strangers_by_name():
    known = CatalogueEvents.of([PAST], Vocabulary(["b", "a"]))
    items, names = known.on("u", frozenset({"buy"}))
    assert (items.tolist(), names) == ([1], ["gone"])
    items, names = known.on("u", None)
    assert (sorted(items.tolist()), names) == ([0, 1], ["gone"])


def test_only_the_ids_of_strangers_are_kept():
    known = CatalogueEvents.of([PAST], Vocabulary(["b", "a"]))
    assert (list(known.strangers), [file.item_ids for file in known.files]) == ([{2: "gone"}], [()])


def test_several_files_are_one_past():
    known = CatalogueEvents.of([PAST, PAST], Vocabulary(["b"]))
    assert known.on("v", None)[0].tolist() == [0, 0]


def test_without_files_nobody_did_anything():
    items, names = CatalogueEvents.of([], Vocabulary(["a"])).on("u", None)
    assert (items.tolist(), items.dtype, names) == ([], np.int32, [])


@pytest.fixture
def log(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'penchant.db'}")
    migrate(engine)
    made = EventLog(engine)
    yield made
    made.close()
    engine.dispose()


def append(log, user, *pairs, timestamp=1):
    new = [
        Event(user_id=user, item_id=item, timestamp=timestamp, event_type=kind)
        for item, kind in pairs
    ]
    log.append(STREAM, new).result()


def test_every_acknowledged_event_is_there_at_once_its_type_in_lower_case(log):
    streamed = StreamedEvents(log)
    assert streamed.of(STREAM, "u") == NO_EVENTS
    append(log, "u", ("a", "Click"), ("a", "CLICK"), ("b", None))
    assert streamed.of(STREAM, "u").names == {("a", "click"), ("b", "")}
    append(log, "u", ("c", "buy"))
    assert streamed.of(STREAM, "u").names == {("a", "click"), ("b", ""), ("c", "buy")}
    assert streamed.of(STREAM, "u").last_event == log.newest_sequence(STREAM, "u", 100)


def test_of_very_many_events_the_newest_may_have_another_highest_sequence(log):
    streamed = StreamedEvents(log)
    append(log, "u", *((f"i{n}", "click") for n in range(NEWEST_EVENTS)))
    assert streamed.of(STREAM, "u").last_event == log.newest_sequence(STREAM, "u", NEWEST_EVENTS)
    append(log, "u", ("old", "click"), timestamp=0)
    assert streamed.of(STREAM, "u").last_event == log.newest_sequence(STREAM, "u", NEWEST_EVENTS)
    assert streamed.of(STREAM, "u").last_event < log.newest_sequence(STREAM, "u", NEWEST)


def test_events_of_others_change_nothing_and_nothing_is_read_again(log):
    streamed = StreamedEvents(log)
    append(log, "u", ("a", "click"))
    before = streamed.of(STREAM, "u").names
    append(log, "v", ("b", "click"))
    assert streamed.of(STREAM, "u").names is before


def test_only_who_asked_lately_is_kept(log):
    streamed = StreamedEvents(log, capacity=1)
    append(log, "u", ("a", "click"))
    append(log, "v", ("b", "click"))
    first = streamed.of(STREAM, "u").names
    streamed.of(STREAM, "v")
    again = streamed.of(STREAM, "u").names
    assert again == first
    assert again is not first
