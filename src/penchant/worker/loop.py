"""The worker's loop: claim a job, do it under heart-beats, write down how it ended."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any, Final, Self

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from penchant.data.failures import ImportFailure
from penchant.jobs.queue import Job, LeaseLost, Signal
from penchant.jobs.states import JobState
from penchant.store.objects import ObjectError
from penchant.worker.tasks import Commit, JobStopped, Task, TaskFailure, Workshop

_LOG = logging.getLogger(__name__)
_IDLE_S: Final = 0.2
_LOG_EVERY_S: Final = 10.0
_LONGEST_REASON: Final = 2_000


class Worker:
    """Does jobs, one at a time, until told to stop.

    Several may run in one process or in many; the queue gives each job to one of them.
    """

    def __init__(self, name: str, workshop: Workshop, tasks: Mapping[str, Task]) -> None:
        self._name = name
        self._shop = workshop
        self._tasks = tasks

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; a job in hand is given back for another worker to begin.

        Jobs of a kind that it has no task for are left to workers that have one. While the
        database cannot be reached it waits: a job in hand, or one whose end cannot be written, is
        begun again when its lease has run out.
        """
        while not stop.is_set():
            try:
                job = self._claim()
                if job is not None:
                    self._do(job, stop)
                    continue
            except OperationalError:
                _LOG.exception("%s cannot reach the database; trying again", self._name)
            except Exception:  # noqa: BLE001  # the very last door: one job must not stop all others
                _LOG.exception("%s cannot write down how a job ended; going on", self._name)
            stop.wait(_IDLE_S)

    def _claim(self) -> Job | None:
        lease_s = self._shop.settings.lease_s
        return self._shop.queue.claim(self._name, lease_s, kinds=self._tasks)

    def _do(self, job: Job, stop: threading.Event) -> None:
        _LOG.info("%s %s: begun, try %d", job.kind, job.resource_arn, job.attempts)
        try:
            with Grip(job, self._shop, stop) as grip:
                ended = self._attempt(self._tasks[job.kind], job, grip)
            _LOG.info("%s %s: %s", job.kind, job.resource_arn, ended)
        except LeaseLost:
            _LOG.warning("%s %s: another worker has it now", job.kind, job.resource_arn)
        except WorkerStopping:
            self._shop.queue.release(job)
            _LOG.info("%s %s: given back", job.kind, job.resource_arn)

    def _attempt(self, task: Task, job: Job, grip: "Grip") -> JobState:
        try:
            return self._end(task, job, JobState.DONE, self._work(task, job, grip))
        except JobStopped:
            return self._end(task, job, JobState.STOPPED, lambda tx: task.stop(tx, job))
        except (LeaseLost, WorkerStopping, OperationalError):
            raise
        except Exception as error:  # noqa: BLE001  # the worker's last door: a job's failure is told
            reason = _reason(error)
            known = isinstance(error, TaskFailure | ImportFailure | ObjectError)
            _LOG.error("%s %s: %s", job.kind, job.resource_arn, reason, exc_info=not known)
            return self._end(task, job, JobState.FAILED, lambda tx: task.fail(tx, job, reason))

    def _work(self, task: Task, job: Job, grip: "Grip") -> Commit:
        if job.state is JobState.STOPPING:
            raise JobStopped
        if job.exhausted:
            raise TaskFailure(
                f"Begun {job.attempts - 1} times and never ended; the worker's log tells why."
            )
        with self._shop.stores.resources.transaction() as tx:
            task.begin(tx, job)
        return task.do(job, grip.report)

    def _end(self, task: Task, job: Job, state: JobState, commit: Commit) -> JobState:
        """End the job and write its outcome in one transaction; a stop asked for meanwhile wins."""
        with self._shop.stores.resources.transaction() as tx:
            ended = self._shop.queue.finish(tx, job, state)
            if ended is state:
                commit(tx)
            else:
                task.stop(tx, job)
        return ended


class WorkerStopping(Exception):  # noqa: N818  # says what happens
    """The worker itself is going down."""


class Grip:
    """A job in hand: a thread that keeps its lease, and the word of whoever wants it to end."""

    def __init__(self, job: Job, workshop: Workshop, stopping: threading.Event) -> None:
        self._job = job
        self._shop = workshop
        self._stopping = stopping
        self._ended = threading.Event()
        self._progress: dict[str, Any] = {}
        self._began = self._logged = time.monotonic()
        self._signal: Signal = "continue"
        self._thread = threading.Thread(target=self._beat, daemon=True, name=f"lease-{job.id}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def report(self, progress: Mapping[str, Any]) -> None:
        """Keep the newest progress for the next heart-beat.

        Raises:
            JobStopped: The job is to be stopped.
            LeaseLost: Another worker has it.
            WorkerStopping: This worker is to stop.
        """
        self._progress = self._told(progress)
        if self._stopping.is_set():
            raise WorkerStopping
        if self._signal == "stop":
            raise JobStopped
        if self._signal == "lost":
            raise LeaseLost(f"{self._job.kind} {self._job.resource_arn}")

    def _told(self, progress: Mapping[str, Any]) -> dict[str, Any]:
        """The progress with `left_s`, the seconds left at this pace; a new stage is logged."""
        known = {name: value for name, value in progress.items() if value is not None}
        done = known.get("done", 0.0)
        if 0 < done < 1:
            known["left_s"] = round((time.monotonic() - self._began) * (1 - done) / done, 1)
        now = time.monotonic()
        if known and (
            known.get("stage") != self._progress.get("stage") or now - self._logged > _LOG_EVERY_S
        ):
            self._logged = now
            words = ", ".join(f"{name} {_short(value)}" for name, value in known.items())
            _LOG.info("%s %s: %s", self._job.kind, self._job.resource_arn, words)
        return known

    def _beat(self) -> None:
        while not self._ended.wait(self._shop.settings.heartbeat_s):
            try:
                self._signal = self._shop.queue.heartbeat(
                    self._job, self._shop.settings.lease_s, progress=self._progress
                )
            except SQLAlchemyError:
                _LOG.exception("heart-beat of %s failed; trying again", self._job.resource_arn)


def _reason(error: Exception) -> str:
    text = _storable(str(error)) or type(error).__name__
    if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
        return text
    return f"{type(error).__name__}: {text} (the worker's log has more)"


def _storable(text: str) -> str:
    """A text that every database keeps: cut, and what is no character shown by its number."""
    cut = text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "..."
    return cut.replace("\0", "\\x00").encode(errors="backslashreplace").decode()


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
