"""What was recommended under which id, so that events naming the id tell what was shown.

An answer never waits for this: lists are kept in memory for a moment and written together. What a
crash takes away are impressions that exploration does not learn of, nothing that was promised.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from penchant.store import database
from penchant.store.tables import shown

_LOG = logging.getLogger(__name__)
_CAPACITY: Final = 50_000
_EVERY_S: Final = 0.5
_BATCH: Final = 500


class ShownLists:
    """Recommended items by recommendation id. Safe to use from several threads.

    Args:
        engine: The database.
        clock: The present moment.
        capacity: Lists that may wait to be written; further ones are not kept.
        every_s: How long they wait.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime],
        *,
        capacity: int = _CAPACITY,
        every_s: float = _EVERY_S,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._waiting: deque[tuple[str, Sequence[str]]] = deque(maxlen=capacity)
        self._every_s = every_s
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, recommendation_id: str, item_ids: Sequence[str]) -> None:
        """Keep a list, a moment later; its id has never been given out before."""
        self._waiting.append((recommendation_id, item_ids))
        if self._thread is None:
            self._start()

    def find(self, recommendation_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The lists that are kept under these ids; ids of which nothing is known are left out."""
        found: dict[str, tuple[str, ...]] = {}
        names = list(recommendation_ids)
        with database.reading(self._engine) as connection:
            for start in range(0, len(names), _BATCH):
                some = names[start : start + _BATCH]
                wanted = select(shown.c.recommendation_id, shown.c.item_ids)
                rows = connection.execute(wanted.where(shown.c.recommendation_id.in_(some)))
                found |= {name: tuple(item_ids) for name, item_ids in rows}
        return found

    def forget_before(self, tx: Connection, moment: datetime) -> None:
        """Forget the lists shown before a moment."""
        tx.execute(delete(shown).where(shown.c.shown_at < moment))

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="shown-lists", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        closing = False
        while not closing:
            closing = self._closing.wait(self._every_s)
            self._write()

    def _write(self) -> None:
        now, rows = self._clock(), []
        while self._waiting:
            name, item_ids = self._waiting.popleft()
            rows.append({"recommendation_id": name, "item_ids": list(item_ids), "shown_at": now})
        if not rows:
            return
        try:
            with database.writing(self._engine) as tx:
                tx.execute(insert(shown), rows)
        except SQLAlchemyError:
            _LOG.exception("%d lists of recommendations are not kept", len(rows))
