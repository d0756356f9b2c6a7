"""Adds up what imported interactions are worth, for metric attributions, and reports it.

What fails is tried again after pauses that grow. A metric attribution's `own["imports"]` holds
until then, by the import job's ARN: `part`, the file, `failures`, how often it has failed, and
`at`, when it last did.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import duckdb
from sqlalchemy import Connection

from penchant.data.attribution import INTERACTIONS, Cell
from penchant.data.attribution import Ledger as Sums
from penchant.data.engine import open_engine
from penchant.domain.arns import Kind
from penchant.domain.datasets import INCREMENTAL
from penchant.domain.resources import Resource
from penchant.domain.retries import pause
from penchant.jobs.queue import Job
from penchant.store.attributed import AttributedMetrics
from penchant.store.resources import Held
from penchant.worker.attribution.group import AttributedGroup, limited
from penchant.worker.attribution.reports import BULK, write_report
from penchant.worker.attribution.tasks import oldest
from penchant.worker.scratch import scratch_of
from penchant.worker.tasks import Commit, Report, Workshop, nothing_to_commit

_LOG = logging.getLogger(__name__)

_LONGEST_PAUSE: Final = timedelta(days=1)


class AttributeImport:
    """Adds up an imported file of interactions; job payload: `part`, the file.

    An INCREMENTAL import counts in the series; one with publishAttributionMetricsToS3 gets a
    report of its own, whatever its mode and however old its interactions are.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._sums = AttributedMetrics(workshop.stores.engine)

    def begin(self, tx: Connection, job: Job) -> None:
        """Nobody sees that interactions are added up."""

    def do(self, job: Job, report: Report) -> Commit:
        """A file that has been replaced meanwhile is not added up."""
        imported = self._shop.stores.resources.get(job.resource_arn)
        attribution = None if imported is None else self._attribution(imported)
        if imported is None or attribution is None:
            return nothing_to_commit
        report({"stage": "adding up"})
        cells = self._cells(attribution, job.payload["part"])
        if cells is not None:
            self._tell(imported, attribution, cells)
        return lambda tx: self._keep(tx, imported, attribution.arn, cells or ())

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """The metric attribution tells the reason; it is tried again later."""
        _LOG.error("%s is not added up: %s", job.resource_arn, reason)
        attribution = self._held(tx, job.resource_arn)
        if attribution is None:
            return
        waiting: Mapping[str, Any] = attribution.own.get("imports", {})
        n_failures = waiting.get(job.resource_arn, {}).get("failures", 0) + 1
        at = self._shop.clock().isoformat()
        mine = {"part": job.payload["part"], "failures": n_failures, "at": at}
        self._write(tx, attribution, {**waiting, job.resource_arn: mine}, reason)

    def stop(self, tx: Connection, job: Job) -> None:
        """No operation stops it."""

    def _attribution(self, imported: Resource, tx: Connection | None = None) -> Resource | None:
        resources = self._shop.stores.resources
        dataset = resources.get(imported.parent_arn, tx)
        if dataset is None:
            return None
        found = resources.children(dataset.parent_arn, Kind.METRIC_ATTRIBUTION, tx)
        return found[0] if found else None

    def _held(self, tx: Connection, imported_arn: str) -> Held | None:
        resources = self._shop.stores.resources
        imported = resources.get(imported_arn, tx)
        attribution = None if imported is None else self._attribution(imported, tx)
        return None if attribution is None else resources.held(tx, attribution.arn)

    def _cells(self, attribution: Resource, part: str) -> list[Cell] | None:
        """What the file comes to; None where it is not there any more."""
        settings, group = self._shop.settings, AttributedGroup(self._shop, attribution)
        schema, path = group.schema(INTERACTIONS), settings.data_dir / part
        if schema is None:
            return None
        scratch, memory_bytes = scratch_of(settings.data_dir), settings.import_memory_bytes
        with open_engine(memory_bytes, settings.import_threads, scratch) as engine:
            sums = Sums(engine, schema)
            try:
                sums.read_part(path)
            except duckdb.IOException:
                if path.is_file():
                    raise
                return None
            return list(sums.cells(group.metrics, group.items, group.answering()))

    def _tell(self, imported: Resource, attribution: Resource, cells: Sequence[Cell]) -> None:
        there = "s3DataDestination" in attribution.sent["metricsOutputConfig"]
        if imported.sent.get("publishAttributionMetricsToS3") and there:
            at = int(imported.created_at.timestamp())
            write_report(self._shop, attribution, BULK, at, limited(cells, set()))

    def _keep(self, tx: Connection, imported: Resource, arn: str, cells: Sequence[Cell]) -> None:
        present = self._shop.stores.resources.held(tx, arn)
        if present is None:
            return
        if imported.sent.get("importMode") == INCREMENTAL:
            newer = [cell for cell in cells if cell.bucket >= oldest(self._shop)]
            self._sums.add(tx, arn, limited(newer, self._sums.sources(arn)), pending=False)
        waiting = present.own.get("imports", {})
        if imported.arn in waiting:
            left = {name: mine for name, mine in waiting.items() if name != imported.arn}
            self._write(tx, present, left, present.failure_reason if left else "")

    def _write(
        self, tx: Connection, attribution: Held, imports: Mapping[str, Any], reason: str
    ) -> None:
        """The time of the last change is that of what clients see."""
        is_seen = reason != attribution.failure_reason
        at = self._shop.clock() if is_seen else attribution.updated_at
        own = {**attribution.own, "imports": imports}
        resources = self._shop.stores.resources
        resources.change(tx, attribution, at, own=own, failure_reason=reason)


def due_again(attribution: Resource, now: datetime) -> Iterator[tuple[str, str]]:
    """The import jobs that failed to be added up and are to be tried now, each with its file."""
    for arn, one in attribution.own.get("imports", {}).items():
        at = datetime.fromisoformat(one["at"])
        if now >= at + pause(one["failures"], _LONGEST_PAUSE):
            yield arn, one["part"]
