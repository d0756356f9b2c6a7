"""Deletes users, for good: no byte of them stays below the data folder."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from penchant.data.engine import open_engine
from penchant.data.forgetting import read_users
from penchant.data.sources import SourceFile
from penchant.domain import statuses
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.jobs.queue import Job
from penchant.store.erasing import Erasure
from penchant.worker.deletion.artifacts import Leftovers, below, from_artifacts
from penchant.worker.deletion.data import Deletion
from penchant.worker.deletion.discarding import discard
from penchant.worker.scratch import scratch_of
from penchant.worker.tasks import Commit, Report, TaskFailure, Workshop

MOST_BYTES: Final = 100_000_000
"""Of the files that name the users."""
_TICK_S: Final = 0.1


class Forget:
    """Removes users from files, events and artifacts of a dataset group.

    What is named by nobody any more is deleted only when all jobs that were under way at that time
    have ended, because they may still read it, or publish what they read before. Until then the
    job goes back to the queue again and again, so that others are not kept waiting. Job payload:
    `awaited`, the jobs waited for; `leftovers`, what to delete then; `replaced`, new names of
    artifacts by old names. Empty at first.

    Args:
        workshop: What every task works with.
        pause_s: How long to wait before looking again.
        grace_s: How long those who answer may take to go over to a new artifact.
    """

    def __init__(self, workshop: Workshop, pause_s: float = 1.0, grace_s: float = 2.0) -> None:
        self._shop = workshop
        self._pause_s = pause_s
        self._grace_s = grace_s

    def begin(self, tx: Connection, job: Job) -> None:
        """IN_PROGRESS, unless an earlier try had come that far."""
        resource = self._shop.stores.resources.held(tx, job.resource_arn)
        if resource is not None and resource.status == statuses.PENDING:
            self._shop.mark(tx, job.resource_arn, statuses.IN_PROGRESS)

    def do(self, job: Job, report: Report) -> Commit:
        """One round: delete what is there, then end or wait for jobs under way."""
        state: dict[str, Any] = dict(job.payload)
        if self._under_way(state.get("awaited", ())):
            self._pause(report, self._pause_s)
            return lambda tx: self._again(tx, job, state)
        resource = self._found(job.resource_arn)
        with self._deletion(job, resource, report) as (deletion, folder):
            changed = deletion.from_datasets()
            deletion.from_database()
            replaced = from_artifacts(deletion, state.get("replaced", {}))
            left = Leftovers(deletion, folder)
            leftovers = sorted({*state.get("leftovers", ()), *left.names()})
            awaited = self._awaited(job, resource, leftovers)
            if awaited and (changed or replaced or "awaited" not in state):
                names = {**state.get("replaced", {}), **replaced}
                state = {"awaited": awaited, "leftovers": leftovers, "replaced": names}
                return lambda tx: self._again(tx, job, state)
            self._pause(report, self._grace_s if replaced else 0.0)
            self._sweep({*leftovers} & {*left.names()}, report)
        Erasure(self._shop.stores.engine).clean(lambda: report({"stage": "cleaning up"}))
        return lambda tx: self._shop.mark(tx, job.resource_arn, statuses.COMPLETED)

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """FAILED with the reason; what was deleted stays deleted."""
        self._shop.mark(tx, job.resource_arn, statuses.FAILED, reason)

    def stop(self, tx: Connection, job: Job) -> None:
        """No operation stops a deletion."""
        self._shop.mark(tx, job.resource_arn, statuses.FAILED, "stopped")

    @contextmanager
    def _deletion(
        self, job: Job, resource: Resource, report: Report
    ) -> Iterator[tuple[Deletion, Path]]:
        """Whom to delete, in a folder that bears the job's number and is gone at the end."""
        settings = self._shop.settings
        folder = scratch_of(settings.data_dir) / f"deletion-{job.id}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            files = self._fetched(resource, folder, report)
            memory_bytes, threads = settings.import_memory_bytes, settings.import_threads
            with open_engine(memory_bytes, threads, folder) as engine:
                read_users(engine, files)
                group_arn = resource.sent["datasetGroupArn"]
                yield Deletion(self._shop, job, engine, group_arn, report), folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _fetched(self, resource: Resource, folder: Path, report: Report) -> list[SourceFile]:
        address, account = resource.sent["dataSource"]["dataLocation"], resource.owner.account
        objects = self._shop.stores.objects
        infos = objects.list(address, account=account, deep=True)
        infos = [info for info in infos if info.name.lower().endswith(".csv")]
        if not infos:
            raise TaskFailure(
                f"Invalid Data location. There is no file that ends in .csv at {address!r} or "
                "below. Upload a list of users, and create another job."
            )
        size_bytes = sum(info.size_bytes for info in infos)
        if size_bytes > MOST_BYTES:
            raise TaskFailure(
                f"The files at {address!r} have {size_bytes} bytes; {MOST_BYTES} are the most. "
                "Divide the users among several jobs."
            )
        files = []
        for number, info in enumerate(infos):
            report({"stage": "fetching", "file": info.name})
            files.append(SourceFile(objects.fetch(info, folder / f"in-{number}"), info.name))
        return files

    def _awaited(self, job: Job, resource: Resource, leftovers: list[str]) -> list[list[int]]:
        """Jobs under way that may hold what was deleted: number and try of each.

        Work in progress does not tell whose it is, so that where there is some, all are awaited.
        """
        queue, group_arn = self._shop.queue, resource.sent["datasetGroupArn"]
        arns = {one.arn for one in below(self._shop.stores.resources, group_arn)}
        everyone = any(name.startswith("scratch/") for name in leftovers)
        return [
            [other.id, other.attempts]
            for other in queue.open()
            if other.id != job.id
            and other.kind not in (JobKind.DELETE_DATA, JobKind.DISCARD)
            and queue.is_held(other)
            and (everyone or other.resource_arn in arns)
        ]

    def _under_way(self, awaited: Any) -> bool:
        queue = self._shop.queue
        held = {(job.id, job.attempts) for job in queue.open() if queue.is_held(job)}
        return any((number, attempts) in held for number, attempts in awaited)

    def _again(self, tx: Connection, job: Job, state: dict[str, Any]) -> None:
        self._shop.queue.enqueue(tx, JobKind.DELETE_DATA, job.resource_arn, state)

    def _pause(self, report: Report, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            report({"stage": "waiting for jobs under way"})
            time.sleep(min(_TICK_S, left))

    def _sweep(self, names: set[str], report: Report) -> None:
        for name in sorted(names):
            report({"stage": "cleaning up"})
            discard(self._shop.settings.data_dir / name)

    def _found(self, arn: str) -> Resource:
        resource = self._shop.stores.resources.get(arn)
        if resource is None:
            raise TaskFailure(f"{arn} is not there any more; nothing was deleted.")
        return resource
