"""What a task is, and the marks it leaves on the resource it makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.jobs.kinds import JobKind
from penchant.jobs.queue import Job, JobQueue
from penchant.jobs.states import OPEN
from penchant.settings import Settings
from penchant.store.stores import Stores

Commit = Callable[[Connection], None]
"""Writes a task's outcome, in the same transaction that ends its job."""

Report = Callable[[dict[str, Any]], None]
"""Told how far a task is; raises `JobStopped` or `LeaseLost` when it shall end."""


class JobStopped(Exception):  # noqa: N818  # says what happened
    """Somebody asked for the job to be stopped."""


class TaskFailure(ValueError):  # noqa: N818  # says what happened
    """A failure whose text is fit for `failureReason`: it names the value and the next step."""


class Task(Protocol):
    """How one kind of job is done. A job may be begun again after a crash at any point."""

    def begin(self, tx: Connection, job: Job) -> None:
        """Mark the resource as being made."""
        ...

    def do(self, job: Job, report: Report) -> Commit:
        """Do the work outside of any transaction; what it returns is run to publish it."""
        ...

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """Mark the resource as failed; what was there before stays."""
        ...

    def stop(self, tx: Connection, job: Job) -> None:
        """Mark the resource as stopped."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every task works with."""

    stores: Stores
    queue: JobQueue
    settings: Settings
    clock: Callable[[], datetime]

    def ask(self, kind: JobKind, arn: str, payload: Mapping[str, Any]) -> None:
        """Queue a job about a resource, unless the one queued last has not ended.

        The resource is held meanwhile, so that processes that ask at once ask for one.
        """
        with self.stores.resources.transaction() as tx:
            if self.stores.resources.held(tx, arn) is None:
                return
            job = self.queue.of(arn, tx)
            if job is None or job.state not in OPEN:
                self.queue.enqueue(tx, kind, arn, payload)

    def mark(self, tx: Connection, arn: str, status: str, reason: str = "", **own: Any) -> None:
        """Give a resource a status, a failure reason, and further members of `own`."""
        resource = self.stores.resources.held(tx, arn)
        if resource is None:
            return
        self.stores.resources.change(
            tx,
            resource,
            self.clock(),
            status=status,
            failure_reason=reason,
            own={**resource.own, **own},
        )


class ResourceTask:
    """The marks of a task that makes one resource."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def begin(self, tx: Connection, job: Job) -> None:
        """CREATE IN_PROGRESS, unless an earlier try had come that far or was asked to stop."""
        resource = self._shop.stores.resources.held(tx, job.resource_arn)
        if resource is not None and resource.status == statuses.CREATE_PENDING:
            self._shop.mark(tx, job.resource_arn, statuses.CREATE_IN_PROGRESS)

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """CREATE FAILED with the reason."""
        self._shop.mark(tx, job.resource_arn, statuses.CREATE_FAILED, reason)

    def stop(self, tx: Connection, job: Job) -> None:
        """CREATE STOPPED."""
        self._shop.mark(tx, job.resource_arn, statuses.CREATE_STOPPED)


def nothing_to_commit(tx: Connection) -> None:
    """The commit of a task that leaves no mark."""
