"""Values that are made from what is kept, and made anew after that has changed."""

import logging
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future
from threading import Lock
from typing import Final, Generic, TypeVar

T = TypeVar("T")

LEAST_REST_S: Final = 0.5
REST_PER_WORK: Final = 20.0
LONGEST_UNSEEN_S: Final = 1.0

_LOG = logging.getLogger(__name__)


class Fresh(Generic[T]):
    """One value. Safe to use from several threads.

    A look, in a thread, asks for the version and makes the value anew if that is another. Between
    two looks lies a rest of 20 times what the last one took, at least half a second; meanwhile,
    and during a look, the value is answered as it is. Who asks when nobody has looked for a
    second, or for 20 times what making the value took, waits for a look.

    Args:
        version: Names what the value is made from; cheap.
        make: Makes the value.
        threads: Where looks are run.
        monotonic: Seconds that never run backwards.
    """

    def __init__(
        self,
        version: Callable[[], Hashable],
        make: Callable[[], T],
        threads: Executor,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._version = version
        self._make = make
        self._threads = threads
        self._monotonic = monotonic
        self._lock = Lock()
        self._look: Future[T] | None = None
        self._seen: Hashable = None
        self._value: T | None = None
        self._looked_at = self._due_at = -float("inf")
        self._unseen_s = LONGEST_UNSEEN_S

    def ask(self) -> T | Future[T]:
        """The value, or what to wait for; asks for a look when one is due."""
        now, value = self._monotonic(), self._value
        if value is not None and now < self._due_at:
            return value
        look = self.look()
        if value is None or now - self._looked_at > self._unseen_s:
            return look
        return value

    def look(self) -> Future[T]:
        """What a look finds, be it due or not: the one that runs, or a new one."""
        with self._lock:
            if self._look is not None:
                return self._look
            look = self._look = self._threads.submit(self._look_again)
        look.add_done_callback(self._looked)  # outside: it may run here, and takes the lock
        return look

    def _look_again(self) -> T:
        started = self._monotonic()
        version = self._version()
        if self._value is None or version != self._seen:
            self._value = self._make()
            self._seen = version
            took_s = self._monotonic() - started
            self._unseen_s = max(LONGEST_UNSEEN_S, REST_PER_WORK * took_s)
        self._looked_at = self._monotonic()
        took_s = self._looked_at - started
        self._due_at = self._looked_at + max(LEAST_REST_S, REST_PER_WORK * took_s)
        return self._value

    def _looked(self, look: Future[T]) -> None:
        with self._lock:
            self._look = None
        if not look.cancelled() and look.exception() is not None:
            _LOG.error("what answers look at cannot be read", exc_info=look.exception())
