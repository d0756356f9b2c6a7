import sqlite3
import stat
import threading
import time

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select, text

from penchant.store import database
from penchant.store.database import add_up, connect, own_connection, upsert, writing


@pytest.fixture
def engine(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'new' / 'penchant.db'}")
    yield engine
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "oracle+oracledb://x"])
def test_a_database_of_another_make_is_refused(url):
    with pytest.raises(ValueError, match="is neither sqlite:///<file> nor postgresql://"):
        connect(url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"])
def test_sqlite_without_a_file_is_refused(url):
    with pytest.raises(ValueError, match="names no SQLite file; write sqlite:////absolute"):
        connect(url)


def test_a_new_file_and_its_log_are_for_its_owner_only(engine, tmp_path):
    with writing(engine) as tx:
        tx.execute(text("CREATE TABLE t (n INTEGER)"))
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()
        }
    assert modes == {"penchant.db": 0o600, "penchant.db-wal": 0o600, "penchant.db-shm": 0o600}


def test_connections_flush_every_commit_and_wait_for_locks(engine):
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": database.BUSY_TIMEOUT_MS,
        "foreign_keys": 1,
    }


def test_writing_takes_the_lock_before_it_reads(engine):
    with writing(engine), engine.connect() as reader:
        reader.execute(text("SELECT 1"))
        other = own_connection(engine)
        other.execute("PRAGMA busy_timeout=0")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_second_writer_waits_for_the_first(engine):
    with writing(engine) as tx:
        tx.execute(text("CREATE TABLE t (n INTEGER)"))

    def write_late():
        with writing(engine) as tx:
            tx.execute(text("INSERT INTO t VALUES (2)"))

    with writing(engine) as tx:
        other = threading.Thread(target=write_late)
        other.start()
        time.sleep(0.05)
        tx.execute(text("INSERT INTO t VALUES (1)"))
    other.join()
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT n FROM t ORDER BY rowid")).scalars().all()
    assert rows == [1, 2]


@pytest.fixture
def table(engine):
    made = Table(
        "t",
        MetaData(),
        Column("k", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", Integer),
    )
    with writing(engine) as tx:
        made.create(tx)
    return made


def test_upsert_replaces_every_column_but_the_key(engine, table):
    with writing(engine) as tx:
        upsert(tx, table, ("k",), [{"k": 2, "a": 1, "b": 1}, {"k": 1, "a": 1, "b": 1}])
        upsert(tx, table, ("k",), [{"k": 2, "a": 5, "b": None}])
        upsert(tx, table, ("k",), [])
        rows = tx.execute(select(table).order_by("k")).all()
    assert rows == [(1, 1, 1), (2, 5, None)]


def test_what_is_added_up_is_added_to_what_is_there(engine, table):
    with writing(engine) as tx:
        add_up(tx, table, ("k",), [{"k": 2, "a": 1, "b": 1}, {"k": 1, "a": 1, "b": None}])
        add_up(tx, table, ("k",), [{"k": 2, "a": 5, "b": None}, {"k": 1, "a": None, "b": 3}])
        add_up(tx, table, ("k",), [])
        rows = tx.execute(select(table).order_by("k")).all()
    assert rows == [(1, 1, 3), (2, 6, 1)]


def test_a_server_that_is_too_old_is_refused():
    class Server:
        class Info:
            server_version = 140_009
            host = "db.example"

        info = Info()

    with pytest.raises(
        ValueError, match=r"PostgreSQL 14 at db\.example is too old; use 15 or newer"
    ):
        database._prepare_postgresql(Server(), None)
