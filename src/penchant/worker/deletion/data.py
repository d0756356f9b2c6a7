"""Deletes users from what a dataset group holds: imported files, put records, events."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from sqlalchemy import Connection

from penchant.data.engine import Engine
from penchant.data.forgetting import rewrite, users
from penchant.domain.arns import Kind
from penchant.domain.datasets import (
    ACTION_INTERACTIONS,
    INTERACTIONS,
    USERS,
    action_stream,
    files_of,
    folder_of,
    type_of,
)
from penchant.domain.resources import Resource
from penchant.jobs.queue import Job
from penchant.serving.imported_events import write_imported_events
from penchant.store.erasing import Erasure
from penchant.worker.deletion.discarding import discard
from penchant.worker.tasks import Report, Workshop

_BATCH: Final = 200
_NOT_LOGGED: Final = {INTERACTIONS: "ITEM_ID", ACTION_INTERACTIONS: "ACTION_ID"}


@dataclass(frozen=True)
class Deletion:
    """One try at a deletion job, with the users in the engine's table `gone`.

    Every step counts its records in the transaction that takes them away, so that a job that was
    killed counts none twice.
    """

    shop: Workshop
    job: Job
    engine: Engine
    group_arn: str
    report: Report

    def from_datasets(self) -> bool:
        """Write imported files anew without the users; whether any held one."""
        found = False
        for dataset in self.shop.stores.resources.children(self.group_arn, Kind.DATASET):
            if type_of(dataset) in (INTERACTIONS, ACTION_INTERACTIONS, USERS):
                found |= self._from_parts(dataset)
                self._clear_warnings(dataset)
        return found

    def from_database(self) -> None:
        """Delete put records and events."""
        erasure = Erasure(self.shop.stores.engine)
        datasets = self.shop.stores.resources.children(self.group_arn, Kind.DATASET)
        records = [dataset.arn for dataset in datasets if type_of(dataset) == USERS]
        streams = (self.group_arn, action_stream(self.group_arn))
        for some in users(self.engine, _BATCH):
            self.report({"stage": "deleting events"})
            with self.shop.stores.resources.transaction() as tx:
                n = sum(erasure.records(tx, arn, some) for arn in records)
                n += sum(erasure.events(tx, stream, some) for stream in streams)
                self._count(tx, n)

    def _from_parts(self, dataset: Resource) -> bool:
        """Files that imports publish meanwhile are looked at too."""
        looked_at: set[str] = set()
        found = False
        while names := [name for name in self._parts(dataset.arn) if name not in looked_at]:
            for name in names:
                looked_at.add(name)
                target = f"{folder_of(dataset)}/{self._prefix}-{len(looked_at)}.parquet"
                looked_at.add(target)
                found |= self._from_part(dataset, name, target)
        return found

    def _from_part(self, dataset: Resource, name: str, target: str) -> bool:
        self.report({"stage": "rewriting", "file": name})
        folder = self.shop.settings.data_dir
        try:
            n_gone, n_kept = rewrite(self.engine, folder / name, folder / target, self._tick)
            if not n_gone:
                return False
            if n_kept:
                self._index(dataset, folder / target)
        except (duckdb.IOException, FileNotFoundError):
            if (folder / name).is_file():
                raise
            return True  # an import has just put another file in the place
        with self.shop.stores.resources.transaction() as tx:
            used = self._publish(tx, dataset, name, [target] if n_kept else [], n_gone)
        _discard(folder, [name] if used else [target])
        return True

    def _index(self, dataset: Resource, part: Path) -> None:
        column = _NOT_LOGGED.get(type_of(dataset))
        if column is not None:
            memory_bytes = self.shop.settings.import_memory_bytes
            write_imported_events(part, column, memory_bytes=memory_bytes, spill=self.engine.folder)

    def _publish(
        self, tx: Connection, dataset: Resource, name: str, targets: list[str], n_gone: int
    ) -> bool:
        """Put the new file in the place of the old one; False where that is gone already."""
        present = self.shop.stores.resources.held(tx, dataset.arn)
        parts = [] if present is None else list(present.own.get("parts", ()))
        if present is None or name not in parts:
            return False
        place = parts.index(name)
        own = {**present.own, "parts": [*parts[:place], *targets, *parts[place + 1 :]]}
        self.shop.stores.resources.change(tx, present, present.updated_at, own=own)
        self.shop.queue.discard(tx, dataset.arn, files_of([name]))
        self._count(tx, n_gone)
        return True

    def _clear_warnings(self, dataset: Resource) -> None:
        """Take back what imports told of these users."""
        resources = self.shop.stores.resources
        for job in resources.children(dataset.arn, Kind.DATASET_IMPORT_JOB):
            if not any(self._names_gone(one) for one in job.own.get("warnings", ())):
                continue
            with resources.transaction() as tx:
                held = resources.held(tx, job.arn)
                if held is not None:
                    told = held.own.get("warnings", ())
                    left = [one for one in told if not self._names_gone(one)]
                    own = {**held.own, "warnings": left}
                    resources.change(tx, held, held.updated_at, own=own)

    def _names_gone(self, warning: Mapping[str, str] | str) -> bool:
        if isinstance(warning, str):  # as they once were kept: it may name anybody
            return True
        name = warning.get("userId", "")
        return bool(self.engine.value("SELECT count(*) FROM gone WHERE id = ?", [name]))

    def _count(self, tx: Connection, n: int) -> None:
        resource = self.shop.stores.resources.held(tx, self.job.resource_arn)
        if resource is not None and n:
            total = resource.own.get("n_deleted", 0) + n
            own: dict[str, Any] = {**resource.own, "n_deleted": total}
            self.shop.stores.resources.change(tx, resource, self.shop.clock(), own=own)

    def _parts(self, dataset_arn: str) -> list[str]:
        dataset = self.shop.stores.resources.get(dataset_arn)
        return [] if dataset is None else list(dataset.own.get("parts", ()))

    def _tick(self, share: float) -> None:
        self.report({"stage": "rewriting", "done": share})

    @property
    def _prefix(self) -> str:
        return f"{self.job.id}-{self.job.attempts}"


def _discard(folder: Path, parts: list[str]) -> None:
    for name in files_of(parts):
        discard(folder / name)
