"""What is erased from the database, on SQLite and on PostgreSQL."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from penchant.store.database import own_connection, writing
from penchant.store.erasing import Erasure
from penchant.store.events import Event, EventLog
from penchant.store.records import Records
from penchant.store.shown import ShownLists

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "secret-user-0815"


@pytest.fixture
def log(engine):
    log = EventLog(engine)
    yield log
    log.close()


def event(user_id, timestamp, **members):
    return Event(user_id=user_id, item_id="x", timestamp=timestamp, **members)


def erase_events(engine, stream, names):
    with writing(engine) as tx:
        return Erasure(engine).events(tx, stream, names)


def test_the_events_of_the_users_go_and_no_others(engine, log):
    for stream in ("one", "two"):
        log.append(stream, [event(user, n) for user in "abc" for n in range(4)]).result()
    assert erase_events(engine, "one", ["a", "c", "nobody", "bad\0name"]) == 8
    assert [(log.count("one")), log.count("two")] == [4, 12]
    assert [one.user_id for one in log.newest("one", "b", 9)] == ["b"] * 4


def test_a_stream_without_events_has_none_to_erase(engine):
    assert erase_events(engine, "nowhere", ["a"]) == 0


def test_the_lists_that_they_answer_to_go_too(engine, log):
    shown = ShownLists(engine, lambda: MOMENT)
    shown.note("RID-a", ["x"])
    shown.note("RID-b", ["y"])
    shown.close()
    log.append("one", [event("a", 1, recommendation_id="RID-a"), event("a", 2)]).result()
    erase_events(engine, "one", ["a"])
    assert shown.find(["RID-a", "RID-b"]) == {"RID-b": ("y",)}


def test_records_go_by_their_ids(engine):
    records = Records(engine)
    with writing(engine) as tx:
        for dataset in ("users", "others"):
            records.put(tx, dataset, {"a": {}, "b": {}}, MOMENT)
        assert Erasure(engine).records(tx, "users", ["a", "nobody"]) == 1
    assert [records.count(dataset) for dataset in ("users", "others")] == [1, 2]


def test_postgresql_frees_the_space_of_every_table_that_may_hold_users(engine):
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite overwrites what is deleted")
    asked = text("SELECT relname FROM pg_stat_user_tables WHERE vacuum_count > 0")
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_reset()"))
        connection.commit()
    Erasure(engine).clean(lambda: None)
    with engine.connect() as connection:
        cleaned = set(connection.execute(asked).scalars())
    assert cleaned == {"events", "records", "resources", "shown"}


def test_cleaning_up_can_be_done_again_and_again(engine, log):
    log.append("one", [event("a", 1)]).result()
    erase_events(engine, "one", ["a"])
    for _ in range(2):
        Erasure(engine).clean(lambda: None)
    log.append("one", [event("b", 1)]).result()
    assert log.count("one") == 1


class TestOnSqlite:
    """SQLite's files are searched byte by byte."""

    @pytest.fixture
    def engine(self, engine: Engine):
        if engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL's files are its administrator's")
        return engine

    @staticmethod
    def bytes_of(engine):
        path = make_url(engine.url).database
        return b"".join(Path(path + end).read_bytes() for end in ("", "-wal"))

    def test_no_byte_is_left_however_pages_were_moved(self, engine, log):
        for n in range(40):
            log.append(
                "one",
                [
                    event(SECRET if k % 7 == 0 else f"u{k}", n, session_id="s" * k)
                    for k in range(90)
                ],
            ).result()
        assert SECRET.encode() in self.bytes_of(engine)
        erase_events(engine, "one", [SECRET])
        Erasure(engine).clean(lambda: None)
        assert SECRET.encode() not in self.bytes_of(engine)

    def test_what_another_release_deleted_and_left_goes_the_first_time(self, engine, log):
        careless = sqlite3.connect(make_url(engine.url).database, isolation_level=None)
        careless.execute("PRAGMA secure_delete=OFF")
        log.append("one", [event(f"{SECRET}-{n}", n) for n in range(500)]).result()
        careless.execute("DELETE FROM events")
        careless.close()
        assert SECRET.encode() in self.bytes_of(engine)
        Erasure(engine).clean(lambda: None)
        assert SECRET.encode() not in self.bytes_of(engine)

    def test_a_reader_is_waited_for_and_told_of_when_it_stays(self, engine, log):
        log.append("one", [event("a", 1)]).result()
        reader = own_connection(engine)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        log.append("one", [event("a", 2)]).result()
        erasure = Erasure(engine)
        try:
            with pytest.raises(TimeoutError, match="go on reading it"):
                erasure.clean(lambda: None, patience_s=0.0, busy_ms=10)
        finally:
            reader.execute("ROLLBACK")
            reader.close()
        erasure.clean(lambda: None, patience_s=5.0, busy_ms=10)
        assert not Path(f"{make_url(engine.url).database}-wal").stat().st_size
