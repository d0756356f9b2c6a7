"""The queue of jobs: a table with leases, in the database of the resources.

Words:
    job: One call of a task, about one resource; it commits together with that resource.
    task: The function that does a kind of job (`penchant.worker`).
    worker: A process, or a slot of one, that does one job at a time; its name is unique.
    lease: Until when a worker has a job to itself, in epoch seconds of the workers' clocks. Who
        has not renewed it by then is taken for dead, and the job may be claimed by another.
    heart-beat: Renews the lease, leaves progress and checkpoint, and learns whether to stop.
    attempt: One claim of a job. Worker and attempt together fence: whoever lost the job cannot
        change it any more, however late it wakes up.
    checkpoint: What the next attempt needs to go on where this one stopped.
    exhausted: Claimed more often than `max_attempts`; its claimer does not try again but fails
        the resource. Should that worker die too, the next claim is exhausted as well.

States and transitions: `penchant.jobs.states`. Clocks of several machines have to agree within a
fraction of the lease (run NTP): a clock ahead by more than the lease takes jobs from the living,
which costs repeated work but never a wrong result, because finishing is fenced.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, func, or_, select
from sqlalchemy import insert as insert_into
from sqlalchemy import update as update_of

from penchant.jobs.kinds import JobKind
from penchant.jobs.states import FINAL, HELD, OPEN, JobState
from penchant.store import database
from penchant.store.tables import jobs

Signal = Literal["continue", "stop", "lost"]


class LeaseLost(Exception):  # noqa: N818  # says what happened
    """Another worker has the job, or it has ended; drop what was done for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job, as it was when read.

    Attributes:
        attempts: How often it has been claimed, this time included.
        worker: Who claimed it last; empty before the first claim.
        lease_until: Epoch seconds.
        progress: The last heart-beat's progress, for people.
        checkpoint: The last heart-beat's checkpoint, for the next attempt.
        exhausted: Claimed too often: fail the resource instead of trying again.
    """

    id: int
    kind: str
    resource_arn: str
    payload: Mapping[str, Any]
    state: JobState
    attempts: int
    worker: str
    lease_until: float
    created_at: datetime
    updated_at: datetime
    progress: Mapping[str, Any] = field(default_factory=dict)
    checkpoint: Mapping[str, Any] = field(default_factory=dict)
    exhausted: bool = False


class JobQueue:
    """All jobs, oldest first.

    Args:
        engine: The database.
        clock: The present moment; leases are measured by it.
        max_attempts: How often a job may be claimed before it is exhausted.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime],
        max_attempts: int,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._max_attempts = max_attempts

    def enqueue(
        self, tx: Connection, kind: JobKind, resource_arn: str, payload: Mapping[str, Any]
    ) -> Job:
        """Write down a job; it may be claimed as soon as `tx` has committed."""
        now = self._clock()
        job = Job(
            id=0,
            kind=kind,
            resource_arn=resource_arn,
            payload=dict(payload),
            state=JobState.QUEUED,
            attempts=0,
            worker="",
            lease_until=0.0,
            created_at=now,
            updated_at=now,
        )
        names = jobs.c.keys()
        values = {name: getattr(job, name) for name in names if name != "id"}
        made = tx.execute(insert_into(jobs).values(values).returning(jobs.c.id))
        return replace(job, id=made.scalar_one())

    def discard(self, tx: Connection, resource_arn: str, paths: Iterable[str]) -> None:
        """Have what lies at some paths below the data folder deleted later."""
        left = [path for path in paths if path]
        if left:
            self.enqueue(tx, JobKind.DISCARD, resource_arn, {"paths": left})

    def claim(
        self, worker: str, lease_s: float, kinds: Collection[str] | None = None
    ) -> Job | None:
        """Take the oldest job that is queued or whose lease has run out, or None.

        The caller looks at `exhausted` and at `state` (STOPPING: end it as STOPPED) first.
        """
        with database.reading(self._engine) as connection:
            if connection.execute(self._claimable(kinds)).first() is None:
                return None  # an idle worker asks often: do not take the write lock for it
        with database.writing(self._engine) as tx:
            row = tx.execute(self._claimable(kinds).with_for_update(skip_locked=True)).first()
            return None if row is None else self._take(tx, _from_row(row), worker, lease_s)

    def heartbeat(
        self,
        job: Job,
        lease_s: float,
        progress: Mapping[str, Any] | None = None,
        checkpoint: Mapping[str, Any] | None = None,
    ) -> Signal:
        """Renew the lease; None leaves progress or checkpoint as they are.

        Returns:
            `stop` when someone asked for the job to stop, `lost` when another worker has it or
            it has ended; else `continue`.
        """
        given = {"progress": progress, "checkpoint": checkpoint}
        notes = {name: dict(value) for name, value in given.items() if value is not None}
        now = self._clock()
        renewed = (
            update_of(jobs)
            .where(_held_by(job))
            .values(lease_until=now.timestamp() + lease_s, updated_at=now, **notes)
            .returning(jobs.c.state)
        )
        with database.writing(self._engine) as tx:
            state = tx.execute(renewed).scalar_one_or_none()
        if state is None:
            return "lost"
        return "stop" if state == JobState.STOPPING else "continue"

    def finish(self, tx: Connection, job: Job, state: JobState) -> JobState:
        """End a job, in the transaction that writes its resource's new status.

        Returns:
            The state that was written: STOPPED instead of DONE when someone asked for a stop
            meanwhile, because the resource is stopping then and can only become stopped.

        Raises:
            LeaseLost: Another worker has the job, or it has ended.
            ValueError: `state` is not a final one.
        """
        if state not in FINAL:
            raise ValueError(f"a job cannot finish as {state}; use one of {sorted(FINAL)}")
        present = tx.execute(
            select(jobs.c.state).where(_held_by(job)).with_for_update()
        ).scalar_one_or_none()
        if present is None:
            raise LeaseLost(
                f"worker {job.worker} no longer has job {job.id} ({job.kind} of "
                f"{job.resource_arn}, attempt {job.attempts}); drop its result"
            )
        if present == JobState.STOPPING and state is JobState.DONE:
            state = JobState.STOPPED
        ended = update_of(jobs).where(jobs.c.id == job.id)
        tx.execute(ended.values(state=state, lease_until=0.0, updated_at=self._clock()))
        return state

    def release(self, job: Job) -> bool:
        """Give a job back unfinished, as a worker does that shuts down; False when it was lost.

        It can be claimed at once and the attempt does not count.
        """
        given_back = (
            update_of(jobs)
            .where(_held_by(job))
            .values(lease_until=0.0, attempts=job.attempts - 1, worker="", updated_at=self._clock())
        )
        with database.writing(self._engine) as tx:
            return tx.execute(given_back).rowcount == 1

    def request_stop(self, tx: Connection, resource_arn: str) -> bool:
        """Ask for the jobs of a resource to stop.

        Returns:
            True when no worker has one (queued jobs are STOPPED now): the resource can become
            stopped at once. False when a worker has one and will learn it by its heart-beat.
        """
        now = self._clock()
        for old, new in (
            (JobState.QUEUED, JobState.STOPPED),
            (JobState.RUNNING, JobState.STOPPING),
        ):
            matching = and_(jobs.c.resource_arn == resource_arn, jobs.c.state == old)
            tx.execute(update_of(jobs).where(matching).values(state=new, updated_at=now))
        held = and_(jobs.c.resource_arn == resource_arn, jobs.c.state.in_(HELD))
        return tx.execute(select(func.count()).where(held)).scalar_one() == 0

    def of(self, resource_arn: str, tx: Connection | None = None) -> Job | None:
        """The newest job of a resource, or None."""
        wanted = select(jobs).where(jobs.c.resource_arn == resource_arn)
        with database.reading(self._engine, tx) as connection:
            row = connection.execute(wanted.order_by(jobs.c.id.desc()).limit(1)).first()
        return None if row is None else _from_row(row)

    def open(self) -> list[Job]:
        """The jobs that have not ended, oldest first."""
        wanted = select(jobs).where(jobs.c.state.in_(OPEN)).order_by(jobs.c.id)
        with database.reading(self._engine) as connection:
            return [_from_row(row) for row in connection.execute(wanted)]

    def is_held(self, job: Job) -> bool:
        """Whether a worker that is alive was doing the job when it was read."""
        return job.state in HELD and job.lease_until >= self._clock().timestamp()

    def depths(self) -> dict[JobState, int]:
        """How many jobs are in each open state."""
        wanted = (
            select(jobs.c.state, func.count()).where(jobs.c.state.in_(OPEN)).group_by(jobs.c.state)
        )
        with database.reading(self._engine) as connection:
            found = {row[0]: row[1] for row in connection.execute(wanted)}
        return {state: found.get(state, 0) for state in sorted(OPEN)}

    def _claimable(self, kinds: Collection[str] | None) -> Select[Any]:
        run_out = and_(jobs.c.state.in_(HELD), jobs.c.lease_until < self._clock().timestamp())
        wanted = select(jobs).where(or_(jobs.c.state == JobState.QUEUED, run_out))
        if kinds is not None:
            wanted = wanted.where(jobs.c.kind.in_(kinds))
        return wanted.order_by(jobs.c.id).limit(1)

    def _take(self, tx: Connection, job: Job, worker: str, lease_s: float) -> Job:
        now = self._clock()
        values: dict[str, Any] = {
            "state": JobState.STOPPING if job.state is JobState.STOPPING else JobState.RUNNING,
            "attempts": job.attempts + 1,
            "worker": worker,
            "lease_until": now.timestamp() + lease_s,
            "updated_at": now,
        }
        tx.execute(update_of(jobs).where(jobs.c.id == job.id).values(values))
        exhausted = job.attempts + 1 > self._max_attempts
        return replace(job, exhausted=exhausted, **values)


def _held_by(job: Job) -> ColumnElement[bool]:
    return and_(
        jobs.c.id == job.id,
        jobs.c.worker == job.worker,
        jobs.c.attempts == job.attempts,
        jobs.c.state.in_(HELD),
    )


def _from_row(row: Row[Any]) -> Job:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name
    return Job(**values | {"state": JobState(values["state"])})
