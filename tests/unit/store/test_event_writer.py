import sqlite3
import threading
from collections.abc import Sequence
from queue import SimpleQueue

import pytest

from penchant.store import event_writer
from penchant.store.database import connect, migrate, own_connection
from penchant.store.event_rows import Event, to_row
from penchant.store.event_sinks import SqliteSink, Verdict
from penchant.store.event_writer import EventLogClosed, EventLogFull, EventWriter


def rows(n: int, user_id: str = "u") -> list:
    return [to_row(Event(user_id=user_id, item_id="i", timestamp=t)) for t in range(n)]


@pytest.fixture
def engine(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'penchant.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine):
    writer = EventWriter(engine, capacity=100)
    yield writer
    writer.close()


@pytest.fixture
def lock(engine):
    """A connection of another program that holds the write lock."""
    connection = own_connection(engine)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


@pytest.fixture
def begun(monkeypatch):
    """How many calls each group that the writer has begun to write is made of, as a queue."""
    sizes: SimpleQueue[int] = SimpleQueue()
    write = SqliteSink.write

    def told(sink, group):
        sizes.put(len(group))
        write(sink, group)

    monkeypatch.setattr(SqliteSink, "write", told)
    return sizes


def count(engine) -> int:
    connection = own_connection(engine)
    try:
        return connection.execute("SELECT count(*) FROM events").fetchone()[0]
    finally:
        connection.close()


def test_what_arrives_during_a_write_makes_up_one_group(writer, engine, lock, begun):
    futures = [writer.append("s", rows(1))]
    assert begun.get(timeout=30) == 1
    futures += [writer.append("s", rows(1)) for _ in range(50)]
    lock.execute("ROLLBACK")
    for future in futures:
        future.result(30)
    assert begun.get(timeout=30) == 50
    assert count(engine) == 51


def test_a_locked_database_is_tried_again_until_it_is_free(engine, lock, begun, monkeypatch):
    monkeypatch.setattr("penchant.store.database.BUSY_TIMEOUT_MS", 1)
    writer = EventWriter(connect(str(engine.url)), 100)
    future = writer.append("s", rows(3))
    for _ in range(3):
        assert begun.get(timeout=30) == 1
    assert not future.done()
    lock.execute("ROLLBACK")
    future.result(30)
    writer.close()
    assert count(engine) == 3


def test_a_database_that_stays_locked_fails_the_call_in_the_end(engine, lock, monkeypatch):
    monkeypatch.setattr("penchant.store.database.BUSY_TIMEOUT_MS", 1)
    monkeypatch.setattr(event_writer, "_PATIENCE_S", 0.1)
    writer = EventWriter(connect(str(engine.url)), 100)
    futures = [writer.append("s", rows(1)) for _ in range(3)]
    for future in futures:
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            future.result(30)
    lock.execute("ROLLBACK")
    writer.append("s", rows(1)).result(30)
    writer.close()
    assert count(engine) == 1


def test_more_than_the_capacity_is_refused_until_there_is_room(writer, engine, lock, begun):
    first = writer.append("s", rows(1))
    begun.get(timeout=30)
    waiting = writer.append("s", rows(99))
    with pytest.raises(EventLogFull, match="99 events wait to be written, the limit is 100; send"):
        writer.append("s", rows(2))
    last = writer.append("s", rows(1))
    lock.execute("ROLLBACK")
    for future in (first, waiting, last):
        future.result(30)
    writer.append("s", rows(2)).result(30)
    assert count(engine) == 103


def test_a_call_larger_than_the_capacity_is_taken_when_nothing_waits(writer, engine):
    writer.append("s", rows(3_000)).result(30)
    assert count(engine) == 3_000


def test_a_refused_row_fails_its_own_call_alone(writer, engine, lock, begun):
    bad = ("u", 1, None, None)
    futures = [writer.append("s", rows(1))]
    begun.get(timeout=30)
    futures += [writer.append("s", each) for each in (rows(1), [bad, *rows(1)], rows(1))]
    lock.execute("ROLLBACK")
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        futures[2].result(30)
    assert [futures[n].result(30) for n in (0, 1, 3)] == [None, None, None]
    assert count(engine) == 3


def test_a_write_whose_fate_is_unknown_is_not_repeated(engine, monkeypatch):
    attempts = []

    def lose(self, group: Sequence) -> None:
        attempts.append(len(group))
        raise sqlite3.OperationalError("connection lost in the commit")

    monkeypatch.setattr(SqliteSink, "write", lose)
    monkeypatch.setattr(SqliteSink, "recover", lambda *_: Verdict.UNKNOWN)
    writer = EventWriter(engine, 100)
    futures = [writer.append("s", rows(1)) for _ in range(5)]
    for future in futures:
        with pytest.raises(sqlite3.OperationalError, match="lost in the commit"):
            future.result(30)
    writer.close()
    assert sum(attempts) == 5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_breaks_acknowledges_nothing_and_takes_no_more(engine, monkeypatch):
    began = threading.Event()

    def break_down(self, group: Sequence) -> None:
        began.wait(10)
        raise ZeroDivisionError

    monkeypatch.setattr(SqliteSink, "write", break_down)
    writer = EventWriter(engine, 100)
    futures = [writer.append("s", rows(1)) for _ in range(3)]
    began.set()
    for future in futures:
        assert isinstance(future.exception(30), ZeroDivisionError)
    with pytest.raises(EventLogClosed):
        writer.append("s", rows(1))
    writer.close()


def test_no_thread_is_started_before_the_first_event(engine):
    before = threading.active_count()
    writer = EventWriter(engine, 100)
    writer.append("s", []).result(0)
    assert threading.active_count() == before
    writer.close()
