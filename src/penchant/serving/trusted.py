"""Rows that are taken as they were read, for a moment."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from penchant.domain.resources import Resource

TRUST_S: Final = 0.5
MOST_ROWS: Final = 10_000


class Trusted:
    """Rows by a name, each trusted for half a second. Safe to use from several threads.

    Args:
        monotonic: Seconds that never run backwards.
        trust_s: How long a row is taken as it was read.
        capacity: How many are kept; the one read longest ago goes first.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        trust_s: float = TRUST_S,
        capacity: int = MOST_ROWS,
    ) -> None:
        self._monotonic = monotonic
        self._trust_s = trust_s
        self._capacity = capacity
        self._rows: OrderedDict[str, tuple[float, Resource]] = OrderedDict()
        self._lock = Lock()

    def find(self, name: str) -> Resource | None:
        """The row, if it was read a moment ago."""
        read_at, row = self._rows.get(name, (0.0, None))
        return row if row is not None and self.now() - read_at < self._trust_s else None

    def keep(self, name: str, row: Resource, read_at: float) -> None:
        """Keep a row; `read_at` is what `now` told before it was read."""
        with self._lock:
            self._rows.pop(name, None)
            self._rows[name] = read_at, row
            if len(self._rows) > self._capacity:
                self._rows.popitem(last=False)

    def now(self) -> float:
        """Seconds that never run backwards."""
        return self._monotonic()
