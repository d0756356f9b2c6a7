"""What the event log promises, on every database."""

import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from penchant.store.database import connect, writing
from penchant.store.events import Event, EventLog, EventLogClosed

SHOP = "arn:aws:personalize:us-east-1:000000000000:dataset-group/shop"


def event(user_id: str = "u", item_id: str = "i", timestamp: int = 1, **more) -> Event:
    return Event(user_id=user_id, item_id=item_id, timestamp=timestamp, **more)


@pytest.fixture
def log(engine: Engine) -> Iterator[EventLog]:
    log = EventLog(engine)
    yield log
    log.close()


def keep(log: EventLog, *new: Event, stream: str = SHOP) -> None:
    log.append(stream, new).result(30)


def everything(log: EventLog, **arguments) -> list[Event]:
    return [event for batch in log.scan(SHOP, **arguments) for event in batch]


def test_an_event_comes_back_as_it_went_in(log):
    new = event(
        "user \U0001f600\n",
        "item\0",
        -(2**63),
        event_type="Purchase",
        event_value=0.1,
        session_id="s",
        event_id="e\0\u2028",
        recommendation_id="r",
        impression=("a", "b"),
        properties={"price": 1, "of": {"a": [None, True]}, "": "\0"},
    )
    keep(log, new, event("user \U0001f600\n", "bare", 2**63 - 1))
    assert log.newest(SHOP, new.user_id, 10) == [new, event(new.user_id, "bare", 2**63 - 1)]
    assert everything(log) == log.newest(SHOP, new.user_id, 10)


def test_newest_are_the_latest_by_time_oldest_first_and_later_arrivals_last(log):
    keep(log, event(item_id="c", timestamp=30), event(item_id="a", timestamp=10))
    keep(log, event(item_id="b1", timestamp=20), event(item_id="b2", timestamp=20))
    keep(log, event("other", "x", 99))
    assert [event.item_id for event in log.newest(SHOP, "u", 3)] == ["b1", "b2", "c"]
    assert [event.item_id for event in log.newest(SHOP, "u", 9)] == ["a", "b1", "b2", "c"]


def test_the_newest_sequence_changes_whenever_the_newest_events_do(log):
    seen = [(log.newest_sequence(SHOP, "u", 2), log.newest(SHOP, "u", 2))]
    for user, timestamp in [("u", 5), ("u", 9), ("other", 99), ("u", 1), ("u", 9), ("u", 7)]:
        keep(log, event(user, f"{len(seen)}", timestamp))
        seen.append((log.newest_sequence(SHOP, "u", 2), log.newest(SHOP, "u", 2)))
    assert [sequence for sequence, _ in seen] == [0, 1, 2, 2, 2, 5, 5]
    assert [[one.item_id for one in newest] for _, newest in seen[2:]] == [
        *[["1", "2"]] * 3,
        *[["2", "5"]] * 2,
    ]


def test_streams_and_users_are_apart(log):
    keep(log, event(), stream="other")
    assert log.newest(SHOP, "u", 5) == []
    keep(log, event("v"))
    assert log.newest(SHOP, "u", 5) == []
    assert (log.count(SHOP), log.count("other"), log.count("none")) == (1, 1, 0)
    assert (log.last_sequence(SHOP), log.last_sequence("none")) == (1, 0)
    assert list(log.scan("none")) == []


def test_no_events_are_written_at_once(log):
    log.append(SHOP, []).result(0)
    assert log.last_sequence(SHOP) == 0


def test_a_scan_sorts_by_user_then_time_in_batches(log):
    keep(log, *(event("ba"[n % 2], f"i{n}", timestamp=100 - n // 2) for n in range(50)))
    batches = list(log.scan(SHOP, batch=7))
    assert max(len(batch) for batch in batches) == 7
    found = [(event.user_id, event.timestamp) for batch in batches for event in batch]
    assert found == sorted(found)
    assert len(set(found)) == 50


def test_a_scan_up_to_a_sequence_does_not_change_though_events_arrive(log):
    keep(log, *(event(item_id=f"i{n}", timestamp=n) for n in range(10)))
    upto = log.last_sequence(SHOP)
    batches = log.scan(SHOP, batch=3, upto=upto)
    begun = next(batches)
    keep(log, event(item_id="late", timestamp=5), event("a", "late", 0))
    scanned = begun + [event for batch in batches for event in batch]
    assert scanned == everything(log, upto=upto)
    assert [event.item_id for event in scanned] == [f"i{n}" for n in range(10)]
    assert everything(log, upto=0) == []


def test_a_repeated_event_id_is_kept_but_not_scanned(log):
    keep(log, event("b", "first", 5, event_id="e"), event("a", "again", 1, event_id="e"))
    keep(log, event("c", "unnamed", 1), event("c", "unnamed", 1))
    keep(log, event("b", "again", 6, event_id="e"), stream="other")
    assert [event.item_id for event in everything(log)] == ["first", "unnamed", "unnamed"]
    assert log.count(SHOP) == 4


def test_what_came_since_is_told_by_sequence_and_age(log):
    keep(log, *(event(f"u{n}", "early", n) for n in range(5)))
    middle = log.last_sequence(SHOP)
    keep(log, *(event(f"u{n}", "late", n) for n in range(5)), event("u9", "old", 1))
    last = log.last_sequence(SHOP)
    keep(log, event("u0", "later", 9))
    batches = list(log.since(SHOP, after=middle, upto=last, oldest=2, batch=2))
    assert [len(batch) for batch in batches] == [2, 1]
    assert [one for batch in batches for one in batch] == [
        event(f"u{n}", "late", n) for n in (2, 3, 4)
    ]
    assert list(log.since(SHOP, after=last, upto=last, oldest=0)) == []


def test_a_batch_of_nothing_but_repeats_does_not_end_a_scan(log):
    repeats = [event("b", "again", n, event_id="e") for n in range(5)]
    keep(log, event("a", "first", event_id="e"), *repeats, event("c", "last"))
    assert [event.item_id for event in everything(log, batch=2)] == ["first", "last"]


def test_another_process_s_events_are_seen_at_once(log, database_url):
    engine = connect(database_url)
    other = EventLog(engine)
    assert log.newest(SHOP, "u", 5) == []
    keep(other, event(item_id="theirs", timestamp=1))
    keep(log, event(item_id="ours", timestamp=2))
    assert [event.item_id for event in log.newest(SHOP, "u", 5)] == ["theirs", "ours"]
    assert other.newest(SHOP, "u", 5) == log.newest(SHOP, "u", 5)
    other.close()
    engine.dispose()


def test_several_writers_share_one_unbroken_row_of_sequences(log, database_url):
    engine = connect(database_url)
    other = EventLog(engine)

    def write(log: EventLog, name: str) -> None:
        for n in range(100):
            streams = (SHOP, "other") if n % 2 else ("other", SHOP)
            for stream in streams:
                keep(log, event(name, f"i{n}", n), stream=stream)

    threads = [
        threading.Thread(target=write, args=(each, f"{nth}"))
        for nth, each in enumerate((log, log, other, other))
    ]
    for thread in threads:
        thread.start()
    seen = [log.last_sequence(SHOP) for _ in range(50)]
    counts = [(last := log.last_sequence(SHOP), len(everything(log, upto=last))) for _ in range(10)]
    for thread in threads:
        thread.join()
    assert seen == sorted(seen)
    assert all(last == n for last, n in counts)
    assert log.last_sequence(SHOP) == log.count(SHOP) == 400
    other.close()
    engine.dispose()


def test_a_dropped_stream_is_empty_and_its_numbers_go_on(log, engine):
    keep(log, event(), event(timestamp=2))
    keep(log, event(), stream="other")
    with writing(engine) as tx:
        log.drop(tx, SHOP)
        log.drop(tx, "unknown")
    assert (log.count(SHOP), everything(log), log.newest(SHOP, "u", 5)) == (0, [], [])
    assert log.count("other") == 1
    keep(log, event(item_id="new"))
    assert log.last_sequence(SHOP) == 3
    assert [event.item_id for event in everything(log)] == ["new"]


def test_a_drop_that_is_rolled_back_drops_nothing(log, engine):
    keep(log, event())
    with pytest.raises(KeyError), writing(engine) as tx:  # noqa: PT012
        log.drop(tx, SHOP)
        raise KeyError
    assert log.count(SHOP) == 1


def test_closing_writes_what_waits_and_takes_no_more(log, engine):
    futures = [log.append(SHOP, [event(timestamp=n)]) for n in range(500)]
    log.close()
    assert all(future.done() and future.exception() is None for future in futures)
    with pytest.raises(EventLogClosed, match="shutting down"):
        log.append(SHOP, [event()])
    again = EventLog(engine)
    assert again.count(SHOP) == 500
    again.close()


def test_closing_an_unused_log_twice_is_no_error(engine):
    log = EventLog(engine)
    log.close()
    log.close()


def test_an_event_that_cannot_be_kept_is_refused_and_others_are_not(log):
    with pytest.raises(ValueError, match="holds a NUL character; leave it out"):
        log.append(SHOP, [event("bad\0")])
    with pytest.raises(ValueError, match="does not fit into 64 bits; send seconds"):
        log.append(SHOP, [event(timestamp=2**63)])
    with pytest.raises(ValueError, match="send UTF-8"):
        log.append(SHOP, [event(properties={"half": "\ud800"})])
    keep(log, event())
    assert log.count(SHOP) == 1


def test_a_user_who_cannot_be_kept_has_no_events(log):
    assert log.newest(SHOP, "bad\0", 5) == []
    assert log.newest_sequence(SHOP, "bad\0", 5) == 0


def test_a_future_cannot_be_cancelled_because_its_events_may_be_written(log):
    future = log.append(SHOP, [event()])
    assert not future.cancel()
    future.result(30)


def test_users_are_sorted_by_bytes_everywhere(log):
    users = ["b", "a", "B", "ä", "_", "a b"]
    keep(log, *(event(user) for user in users))
    found = [event.user_id for event in everything(log)]
    assert all(one.encode() < other.encode() for one, other in pairwise(found))
