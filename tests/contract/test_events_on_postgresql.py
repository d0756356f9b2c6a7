"""What only a server can do to the event log: end connections, refuse, come back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from penchant.store.database import connect
from penchant.store.event_sinks import PostgresSink, Verdict
from penchant.store.events import Event, EventLog

SHOP = "arn:aws:personalize:us-east-1:000000000000:dataset-group/shop"
EVENT = Event(user_id="u", item_id="i", timestamp=1)


@pytest.fixture
def database_url(migrated_postgres_url: str) -> str:
    return migrated_postgres_url


@pytest.fixture
def log(engine: Engine) -> Iterator[EventLog]:
    with engine.begin() as tx:
        tx.execute(text("TRUNCATE events, streams"))
    log = EventLog(engine)
    yield log
    log.close()


def end_every_other_connection(url: str) -> None:
    engine = connect(url)
    with engine.begin() as tx:
        tx.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


def test_a_lost_connection_is_replaced_and_nothing_is_written_twice(log, database_url):
    log.append(SHOP, [EVENT]).result(30)
    assert log.newest(SHOP, "u", 5) == [EVENT]
    for n in range(2, 5):
        end_every_other_connection(database_url)
        log.append(SHOP, [EVENT]).result(30)
        end_every_other_connection(database_url)
        assert len(log.newest(SHOP, "u", 5)) == n
    assert log.count(SHOP) == log.last_sequence(SHOP) == 4


def test_a_row_that_the_server_refuses_fails_its_own_call_alone(log, monkeypatch):
    # Behind the check of `to_row`, as some value that nobody thought of would be.
    monkeypatch.setattr(
        "penchant.store.events.to_row", lambda event: (event.user_id, 1, None, event.item_id)
    )
    good, bad = EVENT, Event(user_id="u\0", item_id="i", timestamp=1)
    futures = [log.append(SHOP, [each]) for each in (good, bad, good, good, bad)]
    failed = [future.exception(30) is not None for future in futures]
    assert failed == [False, True, False, False, True]
    assert log.count(SHOP) == 3


def test_a_connection_lost_in_the_commit_is_of_unknown_fate(engine, database_url):
    sink = PostgresSink(engine)
    row = ("u", 1, None, "{}")
    sink.write([(SHOP, [row])])
    connection = sink._connection

    class DiesAtCommit:
        closed = False

        def __getattr__(self, name):
            return getattr(connection, name)

        def execute(self, statement, *arguments):
            if statement == "COMMIT":
                end_every_other_connection(database_url)
                self.closed = True
            return connection.execute(statement, *arguments)

    sink._connection = DiesAtCommit()
    with pytest.raises(sink.errors) as caught:
        sink.write([(SHOP, [row])])
    assert sink.recover(caught.value) is Verdict.UNKNOWN
    sink.write([(SHOP, [row])])
    sink.close()


def test_a_server_that_cannot_be_reached_is_waited_for(engine, monkeypatch):
    away = connect("postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setattr("penchant.store.event_writer._PATIENCE_S", 0.1)
    log = EventLog(away)
    error = log.append(SHOP, [EVENT]).exception(30)
    assert "connection" in str(error)
    for _ in range(2):
        with pytest.raises(away.dialect.loaded_dbapi.OperationalError, match="connection"):
            log.newest(SHOP, "u", 5)
    log.close()
    away.dispose()
