"""The one thread of a process that writes events: in groups, one disk flush for all that wait.

Flushing event by event takes 700-1 000 a second; whatever arrives while one group is flushed
makes up the next, so the log gets faster the more there is to do.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Engine

from penchant.store.event_rows import Row
from penchant.store.event_sinks import Sink, Verdict, open_sink

_GROUP: Final = 2_000  # events; bounds how long others wait for the database's write lock
_PATIENCE_S: Final = 30.0


class EventLogFull(Exception):  # noqa: N818  # says what happened
    """So many events wait to be written that no more are taken for the moment."""


class EventLogClosed(Exception):  # noqa: N818  # says what happened
    """The log takes no more events."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One call's events on their way to the disk."""

    stream: str
    rows: Sequence[Row]
    done: Future[None] = field(default_factory=Future)


class EventWriter:
    """A bounded queue and the thread that empties it, started by the first event."""

    def __init__(self, engine: Engine, capacity: int) -> None:
        self._engine = engine
        self._capacity = capacity
        self._queue: deque[Waiting] = deque()
        self._n_waiting = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def append(self, stream: str, rows: Sequence[Row]) -> Future[None]:
        """Queue rows; the future is resolved when they are committed."""
        waiting = Waiting(stream, rows)
        waiting.done.set_running_or_notify_cancel()  # no one can cancel what may be on disk
        if not rows:
            waiting.done.set_result(None)
            return waiting.done
        with self._changed:
            self._admit(len(rows))
            self._queue.append(waiting)
            self._changed.notify()
        return waiting.done

    def close(self) -> None:
        """Write what waits and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _admit(self, n_rows: int) -> None:
        if self._closed:
            raise EventLogClosed("the event log is closed because the server is shutting down")
        if self._n_waiting and self._n_waiting + n_rows > self._capacity:
            raise EventLogFull(
                f"{self._n_waiting} events wait to be written, the limit is {self._capacity}; "
                "send these again in a second"
            )
        self._n_waiting += n_rows
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="event-writer", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        sink = open_sink(self._engine)
        group: list[Waiting] = []
        try:
            while group := self._next_group():
                self._write(sink, group)
        except BaseException as error:
            self._give_up(group, error)
            raise
        finally:
            sink.close()

    def _next_group(self) -> list[Waiting]:
        """What waits, up to the size of a group; empty when the log is closed and drained."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            group: list[Waiting] = []
            n_rows = 0
            while self._queue and (not group or n_rows + len(self._queue[0].rows) <= _GROUP):
                group.append(self._queue.popleft())
                n_rows += len(group[-1].rows)
            self._n_waiting -= n_rows
            return group

    def _write(self, sink: Sink, group: list[Waiting]) -> None:
        error, verdict = self._attempt(sink, group)
        if error is not None and verdict is Verdict.REFUSED and len(group) > 1:
            for waiting in group:  # so that one call's bad event fails that call alone
                self._write(sink, [waiting])
            return
        for waiting in group:
            if error is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(error)

    def _attempt(self, sink: Sink, group: list[Waiting]) -> tuple[Exception | None, Verdict | None]:
        """Write a group, again and again while the obstacle is one that passes."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                sink.write([(waiting.stream, waiting.rows) for waiting in group])
            except sink.errors as error:
                verdict = sink.recover(error)
                if verdict is not Verdict.PASSING or time.monotonic() > deadline:
                    return error, verdict
                time.sleep(0.02)
            else:
                return None, None

    def _give_up(self, group: list[Waiting], error: BaseException) -> None:
        with self._changed:
            self._closed = True
            left = [*group, *self._queue]
            self._queue.clear()
        for waiting in left:
            if not waiting.done.done():
                waiting.done.set_exception(error)
