"""How often each resource was called, and for how long: by operation, outcome and minute.

A call never waits for this: counts are kept in memory for a moment and written together. What a
crash takes away are the counts of that moment.

Words:
    bucket: The minute, or for older counts the hour, that is counted; its beginning, epoch seconds.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Engine, case, delete, select
from sqlalchemy.exc import SQLAlchemyError

from penchant.domain.arns import Owner
from penchant.store import database
from penchant.store.resources import Resources
from penchant.store.tables import usage

_LOG = logging.getLogger(__name__)
_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_EVERY_S: Final = 5.0
_CAPACITY: Final = 10_000
_KEY: Final = ("account", "region", "resource_arn", "operation", "outcome", "bucket")
_T: Final = usage.c


class Outcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(slots=True)
class Tally:
    """Some calls; `low_ms` and `high_ms` are the shortest and the longest of them."""

    n: int
    total_ms: float
    low_ms: float
    high_ms: float

    def add(self, other: "Tally") -> None:
        """Count further calls."""
        self.n += other.n
        self.total_ms += other.total_ms
        self.low_ms = min(self.low_ms, other.low_ms)
        self.high_ms = max(self.high_ms, other.high_ms)


@dataclass(frozen=True, slots=True)
class Count:
    """The calls of a resource over one bucket, by operation (its method's name) and outcome."""

    resource_arn: str
    operation: str
    outcome: Outcome
    bucket: int
    calls: Tally


_K = TypeVar("_K")
_Noted = tuple[Owner, str, str, Outcome, int]
"""Owner, ARN or alias, operation, outcome, bucket."""
_Counted = tuple[Any, ...]
"""The members of `_KEY`."""


class Usage:
    """What was called, of all owners. Safe to use from several threads.

    Args:
        engine: The database.
        resources: Whose calls are kept; what nobody has is not counted.
        now: Epoch seconds.
        capacity: Keys that may wait to be written; calls of further ones are not counted.
        every_s: How long they wait.
    """

    def __init__(
        self,
        engine: Engine,
        resources: Resources,
        now: Callable[[], float] = time.time,
        *,
        capacity: int = _CAPACITY,
        every_s: float = _EVERY_S,
    ) -> None:
        self._engine = engine
        self._resources = resources
        self._now = now
        self._capacity = capacity
        self._every_s = every_s
        self._waiting: dict[_Noted, Tally] = {}
        self._noting = threading.Lock()
        self._writing = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def note(
        self, owner: Owner, name: str, operation: str, outcome: Outcome, taken_ms: float
    ) -> None:
        """Count a call.

        Args:
            owner: Of the caller.
            name: ARN or alias of what was called, as it was sent.
            operation: The method's name.
            outcome: How it ended.
            taken_ms: How long it took.
        """
        bucket = int(self._now()) // _MINUTE_S * _MINUTE_S
        self._add((owner, name, operation, outcome, bucket), Tally(1, taken_ms, taken_ms, taken_ms))
        if self._thread is None:
            self._start()

    def of(self, owner: Owner) -> list[Count]:
        """All counts of an owner, the oldest of a resource first; those that wait here too."""
        self._write()
        mine = (_T.account == owner.account, _T.region == owner.region)
        wanted = select(usage).where(*mine).order_by(*(_T[name] for name in _KEY))
        with database.reading(self._engine) as connection:
            return [
                Count(
                    row.resource_arn,
                    row.operation,
                    Outcome(row.outcome),
                    row.bucket,
                    Tally(row.n, row.total_ms, row.low_ms, row.high_ms),
                )
                for row in connection.execute(wanted)
            ]

    def fold(self, tx: Connection, before: int) -> None:
        """Keep what began before a time, epoch seconds, by the hour."""
        old = (_T.bucket < before, _T.bucket % _HOUR_S != 0)
        hours: dict[_Counted, Tally] = {}
        for row in tx.execute(delete(usage).where(*old).returning(usage)):
            hour = row.bucket // _HOUR_S * _HOUR_S
            key = (*(getattr(row, name) for name in _KEY[:-1]), hour)
            _add_to(hours, key, Tally(row.n, row.total_ms, row.low_ms, row.high_ms))
        _keep(tx, hours)

    def forget(self, tx: Connection, before: int) -> None:
        """Forget what began before a time, epoch seconds."""
        tx.execute(delete(usage).where(_T.bucket < before))

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
        self._write()

    def _add(self, key: _Noted, calls: Tally) -> None:
        with self._noting:
            if key in self._waiting or len(self._waiting) < self._capacity:
                _add_to(self._waiting, key, calls)

    def _start(self) -> None:
        with self._noting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="usage", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closing.wait(self._every_s):
            self._write()

    def _write(self) -> None:
        with self._writing:
            with self._noting:
                taken, self._waiting = self._waiting, {}
            if not taken:
                return
            try:
                counted = self._counted(taken)
                with database.writing(self._engine) as tx:
                    _keep(tx, counted)
            except SQLAlchemyError:
                _LOG.exception("%d counts of calls cannot be written; trying again", len(taken))
                for key, calls in taken.items():
                    self._add(key, calls)

    def _counted(self, taken: Mapping[_Noted, Tally]) -> dict[_Counted, Tally]:
        """What was noted, under the ARNs of resources that their callers own."""
        arns = {(owner, name): self._arn(owner, name) for owner, name, *_ in taken}
        counted: dict[_Counted, Tally] = {}
        for (owner, name, operation, outcome, bucket), calls in taken.items():
            arn = arns[owner, name]
            if arn is not None:
                key = (owner.account, owner.region, arn, operation, str(outcome), bucket)
                _add_to(counted, key, calls)
        return counted

    def _arn(self, owner: Owner, name: str) -> str | None:
        resource = self._resources.get(name) or self._resources.by_alias(name)
        return resource.arn if resource is not None and resource.owner == owner else None


def _add_to(tallies: dict[_K, Tally], key: _K, calls: Tally) -> None:
    present = tallies.get(key)
    if present is None:
        tallies[key] = replace(calls)
    else:
        present.add(calls)


def _keep(tx: Connection, counted: Mapping[_Counted, Tally]) -> None:
    rows = [
        {
            **dict(zip(_KEY, key, strict=True)),
            "n": calls.n,
            "total_ms": calls.total_ms,
            "low_ms": calls.low_ms,
            "high_ms": calls.high_ms,
        }
        for key, calls in counted.items()
    ]
    database.merge(tx, usage, _KEY, rows, _both)


def _both(mine: Column[Any], offered: ColumnElement[Any]) -> ColumnElement[Any]:
    match mine.name:
        case "low_ms":
            return case((offered < mine, offered), else_=mine)
        case "high_ms":
            return case((offered > mine, offered), else_=mine)
    return mine + offered
