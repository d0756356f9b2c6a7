import numpy as np

from penchant.data.queries import History
from penchant.data.vocabulary import Vocabulary
from penchant.serving.history import EventReading
from penchant.store.events import Event

READER = EventReading(Vocabulary(["a", "b", "c"]), {"click": 0, "buy": 1})


def history(*rows):
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    types = (np.int32, np.int64, np.int16)
    arrays = [np.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return History(*arrays, np.full(len(rows), np.nan, np.float32))


def event(item, at, kind="click", value=None, event_id=""):
    return Event(
        user_id="u",
        item_id=item,
        timestamp=at,
        event_type=kind,
        event_value=value,
        event_id=event_id or f"{item}{at}{kind}",
    )


def rows(found):
    columns = (found.items.tolist(), found.timestamps.tolist(), found.event_types.tolist())
    return list(zip(*columns, strict=True))


def test_events_follow_what_was_trained_on():
    found = READER.overlay(history((0, 10, 0)), [event("b", 20), event("c", 30, "buy")], 200)
    assert rows(found) == [(0, 10, 0), (1, 20, 0), (2, 30, 1)]


def test_an_event_that_was_trained_on_counts_once():
    seen = history((0, 10, 0), (1, 20, 0))
    assert rows(READER.overlay(seen, [event("b", 20), event("c", 30)], 200)) == [
        (0, 10, 0),
        (1, 20, 0),
        (2, 30, 0),
    ]


def test_the_same_item_at_the_same_time_with_another_type_counts_too():
    found = READER.overlay(history((0, 10, 0)), [event("a", 10, "buy")], 200)
    assert rows(found) == [(0, 10, 0), (0, 10, 1)]


def test_an_event_older_than_the_training_data_finds_its_place_in_time():
    found = READER.overlay(history((0, 10, 0), (1, 30, 0)), [event("c", 20)], 200)
    assert rows(found) == [(0, 10, 0), (2, 20, 0), (1, 30, 0)]


def test_at_equal_times_the_training_data_come_first_and_events_in_their_order():
    events = [event("c", 10), event("b", 10)]
    assert rows(READER.overlay(history((0, 10, 0)), events, 200)) == [
        (0, 10, 0),
        (2, 10, 0),
        (1, 10, 0),
    ]


def test_two_equal_events_count_once():
    events = [event("a", 10, event_id="1"), event("a", 10, event_id="2")]
    assert rows(READER.overlay(History.empty(), events, 200)) == [(0, 10, 0)]


def test_a_repeated_event_id_counts_once_and_the_first_is_kept():
    events = [event("a", 10, event_id="1"), event("b", 11, event_id="1")]
    assert rows(READER.overlay(History.empty(), events, 200)) == [(0, 10, 0)]


def test_events_without_an_id_are_no_repeats_of_each_other():
    events = [Event(user_id="u", item_id=item, timestamp=at) for item, at in (("a", 10), ("b", 11))]
    assert rows(READER.overlay(History.empty(), events, 200)) == [(0, 10, -1), (1, 11, -1)]


def test_events_on_unknown_items_or_on_none_are_passed_over():
    found = READER.overlay(History.empty(), [event("z", 10), event("", 11)], 200)
    assert rows(found) == []


def test_event_types_are_known_in_any_case_and_others_are_no_type():
    events = [event("a", 10, "Click"), event("a", 11, "dream"), event("a", 12, None)]
    assert [row[2] for row in rows(READER.overlay(History.empty(), events, 200))] == [0, -1, -1]


def test_event_types_that_differ_in_case_alone_are_told_apart():
    reader = EventReading(READER.items, {"Buy": 0, "buy": 1})
    events = [event("a", 10, "Buy"), event("a", 11, "buy"), event("a", 12, "BUY")]
    assert [row[2] for row in rows(reader.overlay(History.empty(), events, 200))] == [0, 1, 1]


def test_event_values_are_kept_and_missing_ones_are_nan():
    found = READER.overlay(History.empty(), [event("a", 10, value=2.5), event("b", 11)], 200)
    assert found.event_values[0] == 2.5
    assert np.isnan(found.event_values[1])


def test_only_the_newest_are_kept():
    seen = history((0, 10, 0), (1, 20, 0), (2, 30, 0))
    assert rows(READER.overlay(seen, [event("a", 40)], 2)) == [(2, 30, 0), (0, 40, 0)]
    assert rows(READER.overlay(seen, [], 2)) == [(1, 20, 0), (2, 30, 0)]


def test_a_model_of_one_event_type_reads_events_of_that_type_only():
    reader = EventReading(READER.items, READER.event_types, least_values={"buy": None})
    events = [event("a", 10), event("b", 11, "Buy")]
    assert rows(reader.overlay(History.empty(), events, 200)) == [(1, 11, 1)]


def test_a_model_above_a_value_reads_events_with_at_least_that_value_only():
    reader = EventReading(READER.items, READER.event_types, least_value=3.0)
    events = [event("a", 10, value=3.0), event("b", 11, value=2.9), event("c", 12)]
    assert rows(reader.overlay(History.empty(), events, 200)) == [(0, 10, 0)]


def test_a_history_keeps_the_types_of_its_arrays():
    found = READER.overlay(history((0, 10, 0)), [event("b", 20)], 200)
    kinds = [found.items, found.timestamps, found.event_types, found.event_values]
    assert [array.dtype for array in kinds] == [np.int32, np.int64, np.int16, np.float32]
