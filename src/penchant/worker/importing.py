"""Imports files into datasets."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from penchant.data.fields import Schema
from penchant.data.imports import ImportReport, SourceFile, import_files
from penchant.data.reports import Remark
from penchant.data.schemas import parse_schema
from penchant.domain import datasets as types
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.datasets import FULL, files_of, folder_of, type_of
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.jobs.queue import Job
from penchant.serving.details import write_details
from penchant.serving.imported_events import write_imported_events
from penchant.store.objects import AccessRefusedError
from penchant.worker.deletion.discarding import discard
from penchant.worker.outdating import outdating
from penchant.worker.scratch import scratch_of
from penchant.worker.tasks import Commit, Report, ResourceTask, TaskFailure


class Import(ResourceTask):
    """Makes one Parquet part of the files and, at the end, a part of the dataset.

    FULL puts the part in the place of all earlier ones, INCREMENTAL behind them; see `outdating`
    for what it does to records that were put one by one. Whatever fails before the commit leaves
    the dataset as it was. The job's `own["warnings"]` holds what a person
    should know of the data: `text`s, each with the `userId` that it names, if any.
    """

    def do(self, job: Job, report: Report) -> Commit:
        """Read, check and write; the commit makes it visible."""
        resource = self._found(job.resource_arn)
        dataset = self._found(resource.sent["datasetArn"])
        folder = self._shop.settings.data_dir / folder_of(dataset)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{job.id}-{job.attempts}.parquet"
        try:
            found = self._read(resource, dataset, target, report)
            self._index(dataset, target, report)
            outdate = outdating(self._shop, resource, dataset, target)
        except BaseException as error:
            for left in files_of([str(target)]):
                discard(Path(left))
            failure = _failure(error, resource, dataset)
            if failure is None:
                raise
            raise failure from error
        part = str(target.relative_to(self._shop.settings.data_dir))

        def publish(tx: Connection) -> None:
            self._publish(tx, job, dataset.arn, part, found)
            outdate(tx)

        return publish

    def _read(
        self, resource: Resource, dataset: Resource, target: Path, report: Report
    ) -> ImportReport:
        settings = self._shop.settings
        with TemporaryDirectory(dir=scratch_of(settings.data_dir)) as staging:
            return import_files(
                self._fetched(resource, Path(staging), report),
                self._schema(dataset),
                dataset.sent["datasetType"],
                target,
                memory_bytes=settings.import_memory_bytes,
                threads=settings.import_threads,
                minimum_rows=self._minimum(dataset),
                spill=Path(staging),
                progress=lambda done, total: report(
                    {"stage": "importing", "done": done / max(total, 1), "rows": done}
                ),
            )

    def _index(self, dataset: Resource, part: Path, report: Report) -> None:
        """Write beside the part what answers look up in it."""
        report({"stage": "indexing", "done": 0.0})
        settings = self._shop.settings
        memory_bytes, spill = settings.import_memory_bytes, scratch_of(settings.data_dir)
        match type_of(dataset):
            case types.INTERACTIONS:
                write_imported_events(part, "ITEM_ID", memory_bytes=memory_bytes, spill=spill)
            case types.ACTION_INTERACTIONS:
                write_imported_events(part, "ACTION_ID", memory_bytes=memory_bytes, spill=spill)
            case types.ITEMS:
                write_details(part, "ITEM_ID", memory_bytes=memory_bytes, spill=spill)

    def _fetched(self, resource: Resource, staging: Path, report: Report) -> list[SourceFile]:
        address = resource.sent["dataSource"]["dataLocation"]
        objects = self._shop.stores.objects
        files = []
        for number, info in enumerate(objects.list(address, account=resource.owner.account)):
            report({"stage": "fetching", "done": 0.0, "file": info.name})
            fetched = objects.fetch(info, staging / str(number))
            files.append(SourceFile(_held(fetched, staging / f"held-{number}"), info.name))
        return files

    def _minimum(self, dataset: Resource) -> int:
        of_interactions = type_of(dataset) == types.INTERACTIONS
        return self._shop.settings.minimum_interactions if of_interactions else 1

    def _schema(self, dataset: Resource) -> Schema:
        return parse_schema(self._found(dataset.sent["schemaArn"]).sent["schema"])

    def _publish(
        self, tx: Connection, job: Job, dataset_arn: str, part: str, found: ImportReport
    ) -> None:
        resources = self._shop.stores.resources
        resource = resources.held(tx, job.resource_arn)
        dataset = resources.held(tx, dataset_arn)
        if dataset is None or resource is None:
            self._shop.queue.discard(tx, job.resource_arn, files_of([part]))
            return
        old = list(dataset.own.get("parts", ()))
        full = resource.sent["importMode"] == FULL
        own = {**dataset.own, "parts": [part] if full else [*old, part]}
        resources.change(tx, dataset, self._shop.clock(), own=own)
        if full and old:
            self._shop.queue.discard(tx, dataset_arn, files_of(old))
        attributed = resources.children(dataset.parent_arn, Kind.METRIC_ATTRIBUTION, tx)
        if attributed and type_of(dataset) == types.INTERACTIONS:
            self._shop.queue.enqueue(tx, JobKind.ATTRIBUTE_IMPORT, job.resource_arn, {"part": part})
        warnings = [_kept(one) for one in found.warnings]
        self._shop.mark(
            tx, job.resource_arn, statuses.ACTIVE, n_rows=found.n_rows, warnings=warnings
        )

    def _found(self, arn: str) -> Resource:
        resource = self._shop.stores.resources.get(arn)
        if resource is None:
            raise TaskFailure(f"{arn} was deleted; nothing was imported.")
        return resource


def _kept(warning: Remark) -> dict[str, str]:
    kept = {"text": warning.text, "userId": warning.user_id}
    return {name: value for name, value in kept.items() if value}


def _failure(error: BaseException, resource: Resource, dataset: Resource) -> TaskFailure | None:
    """What to tell where the trouble is with the files; None: it is told as it is."""
    if isinstance(error, FileNotFoundError):
        return TaskFailure(
            f"A file of {resource.sent['dataSource']['dataLocation']} was deleted while it was "
            "being imported; put it back and create another import job."
        )
    if isinstance(error, AccessRefusedError):
        record = type_of(dataset).title()
        return TaskFailure(
            f"Failed to create a data import job for {record} dataset {dataset.arn}. {error}"
        )
    return None


def _held(path: Path, link: Path) -> Path:
    """The file under a name of ours too: whoever deletes or replaces it does not change it here."""
    try:
        os.link(path.resolve(), link)
    except FileNotFoundError:
        raise
    except OSError:  # on another file system, or not ours to link
        return path
    return link
