"""Erasing users from the database: their rows, and what deleted rows leave behind."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, select

from penchant.store import database
from penchant.store.tables import events, records, resources, shown, streams

_CLEAN: Final = 1
"""SQLite's `user_version` once nothing is left of what was deleted before."""
_BATCH: Final = 500
_PAUSE_S: Final = 0.1


class Erasure:
    """Deletes for good: afterwards no byte of it is in the database's files.

    SQLite overwrites what is deleted (`secure_delete`), and its log is emptied at the end. In
    PostgreSQL the space is freed for others to write over; its own log and backups are its
    administrator's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def events(self, tx: Connection, stream: str, user_ids: Sequence[str]) -> int:
        """Delete the events of a few users, and the lists shown that these answer to."""
        named = select(streams.c.id).where(streams.c.arn == stream)
        stream_id = tx.execute(named).scalar_one_or_none()
        theirs = (events.c.stream_id == stream_id, events.c.user_id.in_(_kept(user_ids)))
        bodies = tx.execute(select(events.c.body).where(*theirs)).scalars().all()
        if bodies:
            _forget_shown(tx, bodies)
            tx.execute(delete(events).where(*theirs))
        return len(bodies)

    def records(self, tx: Connection, dataset_arn: str, ids: Sequence[str]) -> int:
        """Delete the records of a few ids."""
        theirs = (records.c.dataset_arn == dataset_arn, records.c.id.in_(_kept(ids)))
        return tx.execute(delete(records).where(*theirs)).rowcount

    def clean(
        self, tick: Callable[[], None], *, patience_s: float = 60.0, busy_ms: int = 1_000
    ) -> None:
        """Take away what deleted rows left in the database's files.

        The first time in an SQLite database that another release may have written, the whole file
        is written anew, during which nobody else can write.

        Args:
            tick: Called now and then; raising ends the wait.
            patience_s: How long readers may keep SQLite's log from being emptied.
            busy_ms: How long they are waited for at a time.

        Raises:
            TimeoutError: They did so for longer.
        """
        connection = database.own_connection(self._engine)
        try:
            if self._engine.dialect.name == "postgresql":
                for table in (events, records, resources, shown):
                    connection.execute(f"VACUUM {table.name}")
                return
            _clean_sqlite(connection, tick, patience_s, busy_ms)
        finally:
            connection.close()


def _forget_shown(tx: Connection, bodies: Sequence[str]) -> None:
    told = sorted({json.loads(body).get("recommendation_id") for body in bodies} - {None})
    for start in range(0, len(told), _BATCH):
        some = told[start : start + _BATCH]
        tx.execute(delete(shown).where(shown.c.recommendation_id.in_(some)))


def _clean_sqlite(
    connection: Any, tick: Callable[[], None], patience_s: float, busy_ms: int
) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] < _CLEAN:
        connection.execute("VACUUM")
        connection.execute(f"PRAGMA user_version={_CLEAN}")
    connection.execute(f"PRAGMA busy_timeout={busy_ms}")
    deadline = time.monotonic() + patience_s
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        tick()
        if time.monotonic() > deadline:
            raise TimeoutError(
                "the database's log cannot be emptied because programs go on reading it; end what "
                "reads it for long, and ask again"
            )
        time.sleep(_PAUSE_S)


def _kept(names: Sequence[str]) -> list[str]:
    return [name for name in names if database.can_be_kept(name)]
