"""Exports datasets to files."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Connection

from penchant.data.exports import Texts, export_csv
from penchant.data.fields import Field, Schema
from penchant.data.records import texts_of
from penchant.data.schemas import parse_schema
from penchant.domain import statuses
from penchant.domain.datasets import ACTION_INTERACTIONS, ALL, BULK, INTERACTIONS, PUT, type_of
from penchant.domain.resources import Resource
from penchant.jobs.queue import Job
from penchant.store.events import Event
from penchant.worker.parts import linked_parts
from penchant.worker.scratch import scratch_of
from penchant.worker.tasks import Commit, Report, ResourceTask, TaskFailure

_BATCH: Final = 5_000
_CHUNK_BYTES: Final = 1 << 20


class Export(ResourceTask):
    """Writes one CSV file, `<job name>.csv`, below the address that the job names."""

    def do(self, job: Job, report: Report) -> Commit:
        """Write the file; it appears complete or not at all, and a second try replaces it."""
        resource = self._found(job.resource_arn)
        dataset = self._found(resource.sent["datasetArn"])
        path = resource.sent["jobOutput"]["s3DataDestination"]["path"]
        address = f"{path.rstrip('/')}/{resource.name}.csv"
        report({"stage": "exporting", "done": 0.0})
        objects, account = self._shop.stores.objects, resource.owner.account
        scratch = scratch_of(self._shop.settings.data_dir)
        with (
            objects.open_writer(address, account=account) as stream,
            TemporaryDirectory(dir=scratch) as folder,
        ):
            written = Path(folder) / "export.csv"
            n_rows = self._export(resource, dataset, written, report)
            with written.open("rb") as source:
                while chunk := source.read(_CHUNK_BYTES):
                    report({"stage": "writing", "rows": n_rows})
                    stream.write(chunk)
        return lambda tx: self._publish(tx, job.resource_arn, n_rows)

    def _export(self, resource: Resource, dataset: Resource, target: Path, report: Report) -> int:
        mode, settings = resource.sent["ingestionMode"], self._shop.settings
        stores, data_dir, folder = self._shop.stores, settings.data_dir, target.parent
        schema = parse_schema(self._found(dataset.sent["schemaArn"]).sent["schema"])
        return export_csv(
            target,
            schema,
            parts=linked_parts(stores, data_dir, dataset.arn, folder) if mode != PUT else (),
            put=self._put(dataset, schema, mode) if mode != BULK else (),
            newest_only=mode == ALL,
            memory_bytes=settings.import_memory_bytes,
            threads=settings.import_threads,
            spill=folder,
            tick=lambda share: report({"stage": "exporting", "done": share}),
        )

    def _put(self, dataset: Resource, schema: Schema, mode: str) -> Iterator[Sequence[Texts]]:
        """What was put one by one, in batches: events for interactions, else records.

        Beside what was imported, records that it outdated are left out.
        """
        kind, stores = type_of(dataset), self._shop.stores
        if kind in (INTERACTIONS, ACTION_INTERACTIONS):
            stream = dataset.parent_arn if kind == INTERACTIONS else dataset.arn
            read = event_texts(schema)
            for events in stores.events.scan(stream):
                yield [read(event) for event in events if event.item_id]
            return
        key = schema.rules.keys[0]
        records = stores.records.scan(dataset.arn, with_outdated=mode == PUT)
        while batch := list(islice(records, _BATCH)):
            yield [texts_of(properties, schema.find) | {key: name} for name, properties in batch]

    def _publish(self, tx: Connection, arn: str, n_rows: int) -> None:
        self._shop.mark(tx, arn, statuses.ACTIVE, n_rows=n_rows)

    def _found(self, arn: str) -> Resource:
        resource = self._shop.stores.resources.get(arn)
        if resource is None:
            raise TaskFailure(f"{arn} was deleted; nothing was exported.")
        return resource


def event_texts(schema: Schema) -> Callable[[Event], dict[str, str | None]]:
    """What turns an event into a record of a dataset of interactions with this schema."""
    on = "ACTION_ID" if any(one.name == "ACTION_ID" for one in schema.fields) else "ITEM_ID"
    found: dict[str, Field | None] = {}

    def find(name: str) -> Field | None:
        if name not in found:
            found[name] = schema.find(name)
        return found[name]

    def read(event: Event) -> dict[str, str | None]:
        value = event.event_value
        return texts_of(event.properties, find) | {
            "USER_ID": event.user_id,
            on: event.item_id,
            "TIMESTAMP": str(event.timestamp),
            "EVENT_TYPE": event.event_type,
            "EVENT_VALUE": None if value is None else repr(value),
            "IMPRESSION": "|".join(event.impression) or None,
            "RECOMMENDATION_ID": event.recommendation_id,
        }

    return read
