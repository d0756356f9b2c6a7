"""How a group of events gets into each database, in one transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final, Protocol

from sqlalchemy import Engine

from penchant.store import database
from penchant.store.event_rows import WRITTEN, Row

Group = Sequence[tuple[str, Sequence[Row]]]  # (stream, its rows)
_Execute = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]

_COLUMNS: Final = ("stream_id", "sequence", *WRITTEN)
_RESERVE: Final = (
    "UPDATE streams SET last_sequence = last_sequence + ? WHERE arn = ? RETURNING id, last_sequence"
)
_NEW_STREAM: Final = "INSERT INTO streams (arn, last_sequence) VALUES (?, 0) ON CONFLICT DO NOTHING"
_INSERT: Final = (
    f"INSERT INTO events ({', '.join(_COLUMNS)}) "  # noqa: S608  # names of columns
    f"VALUES ({', '.join('?' for _ in _COLUMNS)})"
)
_COPY: Final = f"COPY events ({', '.join(_COLUMNS)}) FROM STDIN WITH (FORMAT BINARY)"
_COPY_TYPES: Final = ["text" if name in {"user_id", "body"} else "int8" for name in _COLUMNS]
# Deadlock, serialization failure, lock not available, server shutting down or starting, too many
# connections: PostgreSQL rolled the transaction back, or there was none.
_PASSING: Final = frozenset({"40P01", "40001", "55P03", "57P01", "57P02", "57P03", "53300"})


class Verdict(Enum):
    """What a failed write means."""

    PASSING = "an obstacle that goes away: write the same group again"
    REFUSED = "nothing was written, and nothing would be next time"
    UNKNOWN = "the connection was lost in the commit: writing again could write twice"


class Sink(Protocol):
    """A connection that writes groups; used by one thread."""

    errors: type[Exception]

    def write(self, group: Group) -> None:
        """Commit all rows of the group, or none and raise one of `errors`."""

    def recover(self, error: Exception) -> Verdict:
        """Make ready for the next write and judge the error."""

    def close(self) -> None:
        """Close the connection."""


def open_sink(engine: Engine) -> Sink:
    """The sink for this database; it connects at its first group."""
    return SqliteSink(engine) if engine.dialect.name == "sqlite" else PostgresSink(engine)


class SqliteSink:
    """Rows by one prepared INSERT."""

    errors: type[Exception] = sqlite3.Error

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None

    def write(self, group: Group) -> None:
        """Commit all rows of the group, or none."""
        if self._connection is None:
            self._connection = database.own_connection(self._engine)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(_INSERT, _numbered(self._execute, group))
        self._connection.execute("COMMIT")

    def recover(self, error: Exception) -> Verdict:
        """Roll back; a lock that another process holds passes."""
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        locked = code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        return Verdict.PASSING if locked else Verdict.REFUSED

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _execute(self, statement: str, arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, arguments).fetchall()  # type: ignore[no-any-return]


class PostgresSink:
    """Rows by binary COPY."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._committing = False
        self.errors: type[Exception] = engine.dialect.loaded_dbapi.Error

    def write(self, group: Group) -> None:
        """Commit all rows of the group, or none."""
        self._committing = False
        if self._connection is None:
            self._connection = database.own_connection(self._engine)
        self._connection.execute("BEGIN")
        rows = _numbered(self._execute, group)
        with self._connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for row in rows:
                copy.write_row(row)
        self._committing = True
        self._connection.execute("COMMIT")

    def recover(self, error: Exception) -> Verdict:
        """Start on a new connection; a server that restarts or resolves a deadlock passes."""
        lost = self._connection is None or self._connection.closed
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if lost and self._committing:
            return Verdict.UNKNOWN
        passing = lost or getattr(error, "sqlstate", None) in _PASSING
        return Verdict.PASSING if passing else Verdict.REFUSED

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _execute(self, statement: str, arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement.replace("?", "%s"), arguments)
        return cursor.fetchall() if cursor.description else []


def _numbered(execute: _Execute, group: Group) -> list[tuple[Any, ...]]:
    """Give every row its stream's id and its sequence.

    The streams' rows stay locked until the commit: that is what makes sequences visible in
    their order. They are locked in the order of their ARNs, so that writers cannot deadlock.
    """
    by_stream: dict[str, list[Row]] = {}
    for stream, rows in group:
        by_stream.setdefault(stream, []).extend(rows)
    numbered = []
    for stream, rows in sorted(by_stream.items()):
        stream_id, last = _reserve(execute, stream, len(rows))
        first = last - len(rows) + 1
        numbered += [(stream_id, first + nth, *row) for nth, row in enumerate(rows)]
    return numbered


def _reserve(execute: _Execute, stream: str, n_rows: int) -> tuple[int, int]:
    found = execute(_RESERVE, (n_rows, stream))
    if not found:
        execute(_NEW_STREAM, (stream,))
        found = execute(_RESERVE, (n_rows, stream))
    stream_id, last = found[0]
    return stream_id, last
