"""Does batch inference jobs and batch segment jobs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.resources import Resource
from penchant.domain.versions import present_artifact
from penchant.jobs.queue import Job
from penchant.service.batch_rules import THEME_GENERATION
from penchant.store.objects import InvalidLocationError, ObjectInfo
from penchant.worker.batch.crew import work_off
from penchant.worker.batch.folder import BatchFolder, Plan
from penchant.worker.batch.renewing import take_in_news
from penchant.worker.tasks import Commit, Report, ResourceTask, TaskFailure, Workshop

MOST_FILES: Final = 1_000
LINES_PER_PART: Final = 2_000
DEAR_LINES_PER_PART: Final = 10
"""Of lines that take long: themes and segments."""
_INVALID: Final = "Invalid Data location. "
PROBE: Final = "_CHECK"
"""The empty object that is written first, so that a job that may not write fails at once."""


class Batch(ResourceTask):
    """Answers the files at a job's input path, each into `<its name>.out` at the output path.

    What is answered is kept part by part in the job's folder (`worker.batch.folder`), so that a
    job that was interrupted goes on; the objects appear at the end, each whole.

    Args:
        workshop: What every task works with.
        lines_per_part: Lines that are answered before they are safe.
    """

    def __init__(self, workshop: Workshop, lines_per_part: int = LINES_PER_PART) -> None:
        super().__init__(workshop)
        self._lines_per_part = lines_per_part

    def do(self, job: Job, report: Report) -> Commit:
        """Answer and deliver; the commit makes the job ACTIVE.

        Before the first line is answered the version takes in what came since its training.
        """
        resource = self._found(job.resource_arn)
        version = self._found(resource.sent["solutionVersionArn"])
        self._probe(resource)
        folder = BatchFolder(self._shop.settings.data_dir / _root(job))
        plan = folder.plan() or self._planned(resource, folder, report)
        if len(folder.left(plan)) == len(plan.parts):
            version = take_in_news(self._shop, job, version, report)
        order = {
            "job_arn": resource.arn,
            "folder": _root(job),
            "artifact": present_artifact(version),
            "moment": int(self._shop.clock().timestamp()),
        }
        self._answer(order, folder, plan, report)
        self._deliver(resource, folder, plan, report)
        return lambda tx: self._publish(tx, job, plan)

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """CREATE FAILED with the reason; what was answered is not needed any more."""
        super().fail(tx, job, reason)
        self._discard(tx, job)

    def _planned(self, resource: Resource, folder: BatchFolder, report: Report) -> Plan:
        report({"stage": "reading the input", "done": 0.0})
        address, account = resource.sent["jobInput"]["s3DataSource"]["path"], resource.owner.account
        objects = self._shop.stores.objects
        with _explained("input"):
            infos = [one for one in objects.list(address, account=account) if one.name != PROBE]
        _check_files(infos, address)

        def fetch(file: int, into: Path) -> Path:
            report({"stage": "reading the input", "done": 0.0, "file": infos[file].name})
            with _explained("input"):
                return objects.fetch(infos[file], into)

        return folder.begin([info.name for info in infos], fetch, self._size_of_parts(resource))

    def _size_of_parts(self, resource: Resource) -> int:
        dear = resource.kind is Kind.BATCH_SEGMENT_JOB
        dear = dear or resource.sent.get("batchInferenceJobMode") == THEME_GENERATION
        return min(DEAR_LINES_PER_PART, self._lines_per_part) if dear else self._lines_per_part

    def _answer(
        self, order: Mapping[str, Any], folder: BatchFolder, plan: Plan, report: Report
    ) -> None:
        left = folder.left(plan)
        n_lines = plan.n_lines
        rows = n_lines - sum(part.n_lines for part in left)
        with closing(work_off(self._shop.settings, order, left)) as answered:
            for part in chain([None], answered):
                rows += 0 if part is None else part.n_lines
                report({"stage": "answering", "done": rows / max(n_lines, 1), "rows": rows})

    def _deliver(self, resource: Resource, folder: BatchFolder, plan: Plan, report: Report) -> None:
        for file, name in enumerate(plan.names):
            report({"stage": "delivering", "done": 1.0, "file": name})
            with self._writer(resource, f"{name}.out") as stream:
                folder.deliver(plan, file, stream)

    def _probe(self, resource: Resource) -> None:
        with self._writer(resource, PROBE):
            pass

    @contextmanager
    def _writer(self, resource: Resource, name: str) -> Iterator[BinaryIO]:
        address = resource.sent["jobOutput"]["s3DataDestination"]["path"] + name
        objects, account = self._shop.stores.objects, resource.owner.account
        with _explained("output"), objects.open_writer(address, account=account) as stream:
            yield stream

    def _publish(self, tx: Connection, job: Job, plan: Plan) -> None:
        self._shop.mark(tx, job.resource_arn, statuses.ACTIVE, n_rows=plan.n_lines)
        self._discard(tx, job)

    def _discard(self, tx: Connection, job: Job) -> None:
        self._shop.queue.discard(tx, job.resource_arn, [_root(job)])

    def _found(self, arn: str) -> Resource:
        found = self._shop.stores.resources.get(arn)
        if found is None:
            raise TaskFailure(f"{arn} is not there any more; nothing was answered.")
        return found


def _root(job: Job) -> str:
    return f"batches/{job.id}"


def _check_files(infos: Sequence[ObjectInfo], address: str) -> None:
    if not 0 < len(infos) <= MOST_FILES:
        raise TaskFailure(
            f"Invalid S3 input path. There are {len(infos)} files at {address!r}; a job reads from "
            f"1 to {MOST_FILES}."
        )


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Tell of a wrong address in the service's words."""
    try:
        yield
    except InvalidLocationError as error:
        reason = str(error).removeprefix(_INVALID)
        raise TaskFailure(f"Invalid S3 {what} path. {reason}") from error
