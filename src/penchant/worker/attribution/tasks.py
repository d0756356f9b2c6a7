"""Adds up what streamed events are worth, for metric attributions, and reports it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from penchant.data.attribution import BUCKET_S, INTERACTIONS, Cell
from penchant.data.attribution import Ledger as Sums
from penchant.data.engine import open_engine
from penchant.data.exports import Texts
from penchant.data.fields import Schema
from penchant.domain.resources import Resource
from penchant.jobs.queue import Job
from penchant.store.attributed import AttributedMetrics
from penchant.store.events import Event
from penchant.store.objects import ObjectError
from penchant.store.resources import Held
from penchant.worker.attribution.group import AttributedGroup, limited
from penchant.worker.attribution.reports import PUT, write_report
from penchant.worker.exporting import event_texts
from penchant.worker.scratch import scratch_of
from penchant.worker.tasks import Commit, Report, Workshop, nothing_to_commit

_SOURCE: Final = "EVENT_ATTRIBUTION_SOURCE"
OLDEST: Final = timedelta(days=14)
"""Older events are not added to the series."""


class Attribute:
    """Adds up the events that came since the last time, each once, and reports ended buckets.

    A metric attribution's `own` holds `sequence`, up to which events are added up, `reported`, the
    bucket whose beginning the last report went up to, and while one is written, `report`; `imports`
    is told of in `penchant.worker.attribution.imports`.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._sums = AttributedMetrics(workshop.stores.engine)

    def begin(self, tx: Connection, job: Job) -> None:
        """Nobody sees that events are added up."""

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """The log has the reason; what was not added up is tried again at the next look."""

    def stop(self, tx: Connection, job: Job) -> None:
        """No operation stops it."""

    def do(self, job: Job, report: Report) -> Commit:
        """Each step is committed by itself, so that another try goes on behind it."""
        attribution = self._shop.stores.resources.get(job.resource_arn)
        if attribution is not None:
            self._add(attribution, report)
            self._tell(attribution.arn)
            with self._shop.stores.resources.transaction() as tx:
                self._sums.fold(tx, attribution.arn, oldest(self._shop))
        return nothing_to_commit

    def _add(self, attribution: Resource, report: Report) -> None:
        stores, settings = self._shop.stores, self._shop.settings
        after = attribution.own["sequence"]
        upto = stores.events.last_sequence(attribution.parent_arn)
        group = AttributedGroup(self._shop, attribution)
        schema = group.schema(INTERACTIONS)
        if upto <= after or schema is None:
            return
        batches = stores.events.since(
            attribution.parent_arn, after=after, upto=upto, oldest=oldest(self._shop)
        )
        scratch, memory_bytes = scratch_of(settings.data_dir), settings.import_memory_bytes
        with open_engine(memory_bytes, settings.import_threads, scratch) as engine:
            sums = Sums(engine, schema)
            sums.read_texts(_texts(batches, schema, report))
            cells = list(sums.cells(group.metrics, group.items, group.answering()))
        self._keep(attribution.arn, after, upto, cells)

    def _keep(self, arn: str, after: int, upto: int, cells: Sequence[Cell]) -> None:
        known = self._sums.sources(arn)
        with self._shop.stores.resources.transaction() as tx:
            present = self._shop.stores.resources.held(tx, arn)
            if present is None or present.own["sequence"] != after:
                return  # another worker was quicker
            self._sums.add(tx, arn, limited(cells, known))
            self._change(tx, present, sequence=upto)

    def _tell(self, arn: str) -> None:
        """Write the report that is due, or the one that was begun."""
        now = int(self._shop.clock().timestamp())
        with self._shop.stores.resources.transaction() as tx:
            present = self._shop.stores.resources.held(tx, arn)
            if present is None or "s3DataDestination" not in present.sent["metricsOutputConfig"]:
                return
            closed = now // BUCKET_S * BUCKET_S
            begun: dict[str, Any] | None = present.own.get("report")
            if begun is None and present.own.get("reported", 0) < closed:
                there = self._sums.begin_report(tx, arn, closed)
                begun = {"at": now} if there else None
                present = self._change(tx, present, reported=closed, report=begun)
        if begun is None:
            return
        reason = ""
        try:
            write_report(self._shop, present, PUT, begun["at"], self._sums.reported(arn))
        except ObjectError as error:
            reason = str(error)
        with self._shop.stores.resources.transaction() as tx:
            self._end(tx, arn, reason)

    def _end(self, tx: Connection, arn: str, reason: str) -> None:
        """A report that could not be written is written at the next look.

        The reason of an import that waits to be tried again stays.
        """
        present = self._shop.stores.resources.held(tx, arn)
        if present is None:
            return
        if not reason:
            self._sums.end_report(tx, arn)
            present = self._change(tx, present, report=None)
        if reason != present.failure_reason and (reason or not present.own.get("imports")):
            resources, now = self._shop.stores.resources, self._shop.clock()
            resources.change(tx, present, now, failure_reason=reason)

    def _change(self, tx: Connection, resource: Held, **own: Any) -> Held:
        """Change what clients do not see, so that the time of the last change stays."""
        whole = {
            name: value for name, value in {**resource.own, **own}.items() if value is not None
        }
        resources = self._shop.stores.resources
        return resources.change(tx, resource, resource.updated_at, own=whole)


def oldest(shop: Workshop) -> int:
    """The time before which events are not added to the series."""
    return int((shop.clock() - OLDEST).timestamp())


def _texts(
    batches: Iterable[Sequence[Event]], schema: Schema, report: Report
) -> Iterator[Sequence[Texts]]:
    """Events as records, with their source whether the schema has a column for it or not."""
    read = event_texts(schema)
    for batch in batches:
        report({"stage": "adding up"})
        yield [read(event) | {_SOURCE: event.properties.get(_SOURCE)} for event in batch]
