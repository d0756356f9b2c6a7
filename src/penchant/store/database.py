"""The SQL database: opening it, bringing it to the present form, writing in one transaction.

SQLite (a file, in WAL mode) serves one machine; PostgreSQL 15 or newer serves many. What has been
committed is on disk on both: SQLite runs with `synchronous=FULL`, and on PostgreSQL a
`synchronous_commit` of `off` is turned on for our connections.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite

BUSY_TIMEOUT_MS: Final = 15_000
OLDEST_POSTGRESQL: Final = (15, 0)
_MIGRATION_LOCK: Final = 0x70656E63  # any constant: the advisory lock of `migrate`
_WRITES: Final = "penchant_writes"
_WAL_BYTES: Final = 64 * 2**20  # a longer log, left by a burst of events, is cut to this


def connect(url: str) -> Engine:
    """Open the database at an SQLAlchemy address; nothing is created but an empty SQLite file.

    Raises:
        ValueError: The address names neither an SQLite file nor a PostgreSQL database.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _connect_sqlite(address)
    if address.get_backend_name() == "postgresql":
        return _connect_postgresql(address)
    raise ValueError(
        f"database_url {url!r} is neither sqlite:///<file> nor postgresql://<host>/<database>; "
        "set PENCHANT_DATABASE_URL to one of these"
    )


def migrate(engine: Engine) -> None:
    """Bring the tables to the form this version needs; safe when several processes start at once.

    Raises:
        ValueError: The database is of a newer Penchant, or its server is too old.
    """
    from penchant.store.migrations import upgrade  # noqa: PLC0415  # Alembic loads slowly

    with writing(engine) as tx:
        if engine.dialect.name == "postgresql":
            tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        upgrade(tx)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: committed at the end, rolled back by an exception.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that what is read inside
    cannot change before it is written.
    """
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine, tx: Connection | None = None) -> Iterator[Connection]:
    """The given transaction, or else one of its own for reading."""
    if tx is not None:
        yield tx
        return
    with engine.connect() as connection:
        yield connection


def can_be_kept(text: str) -> bool:
    """Whether a text can be a value of a column: PostgreSQL knows no NUL character."""
    return "\0" not in text


def upsert(
    tx: Connection, table: Table, key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows; where one with the same key is there, it is replaced; see `merge`."""
    merge(tx, table, key, rows, lambda _, new: new)


def add_up(
    tx: Connection, table: Table, key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows; where one with the same key is there, its other columns are added to.

    They hold numbers, or null for none; see `merge`.
    """
    merge(tx, table, key, rows, lambda old, new: func.coalesce(old + new, old, new))


def merge(
    tx: Connection,
    table: Table,
    key: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    changed: Callable[[Column[Any], ColumnElement[Any]], ColumnElement[Any]],
) -> None:
    """Insert rows; where a row with the same key is there, its other columns are changed.

    `changed` says what a column becomes, from the one that is there and the one that is offered.
    Rows are written in the order of their keys, so that two writers cannot block each other for
    ever. Keys must differ within `rows`.
    """
    make = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    insert = make(table)
    others = {
        column.name: changed(column, insert.excluded[column.name])
        for column in table.c
        if column.name not in key
    }
    statement = insert.on_conflict_do_update(index_elements=list(key), set_=others)
    if rows:
        tx.execute(statement, sorted(rows, key=lambda row: tuple(row[name] for name in key)))


def insert_new(tx: Connection, table: Table, key: Sequence[str], row: Mapping[str, Any]) -> None:
    """Insert a row unless one with the same key is there, which stays as it is."""
    make = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(make(table).values(row).on_conflict_do_nothing(index_elements=list(key)))


def own_connection(engine: Engine) -> Any:
    """A driver connection outside the pool, in autocommit mode; who asks for it closes it.

    For the few places where SQLAlchemy's cost per statement (about 0.1 ms) is too much.
    """
    pooled = engine.raw_connection()
    driver: Any = pooled.driver_connection
    pooled.detach()
    if engine.dialect.name == "postgresql":
        driver.autocommit = True
    return driver


def _connect_sqlite(address: URL) -> Engine:
    path = address.database
    if not path or path == ":memory:" or path.startswith("file:"):
        raise ValueError(
            f"database_url {str(address)!r} names no SQLite file; "
            "write sqlite:////absolute/path/penchant.db"
        )
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # holds secrets; -wal and -shm follow it
    engine = create_engine(address)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite` alone
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _enter_wal(connection)
    connection.execute(f"PRAGMA journal_size_limit={_WAL_BYTES}")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA fullfsync=ON")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten with zeros


def _enter_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for its busy timeout when two processes switch a new file to WAL.
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _connect_postgresql(address: URL) -> Engine:
    engine = create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST_POSTGRESQL[0]:
        raise ValueError(
            f"PostgreSQL {version} at {connection.info.host} is too old; use 15 or newer"
        )
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.commit()
