"""A workshop over a real SQLite database, and resources to work on."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from penchant.domain import statuses
from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource, utc_now
from penchant.jobs.queue import Job, JobQueue
from penchant.settings import Settings
from penchant.store.events import Event
from penchant.store.stores import open_stores
from penchant.worker.loop import Worker
from penchant.worker.tasks import Task, Workshop

from ...schemas import avro

OWNER = Owner("000000000000", "us-east-1")
INTERACTIONS = avro(
    "Interactions",
    [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
)


@dataclass
class Yard:
    """A workshop with a way to put resources into it and to have their jobs done."""

    shop: Workshop
    folder: Path

    def put(
        self,
        kind: Kind,
        name: str,
        *,
        job: str = "",
        status: str = statuses.ACTIVE,
        parent_arn: str = "",
        own: Mapping[str, Any] | None = None,
        **sent: Any,
    ) -> str:
        now = utc_now()
        status = statuses.CREATE_PENDING if job else status
        arn = OWNER.arn(kind, name)
        made = Resource(arn, kind, OWNER, name, status, now, now, parent_arn, sent, own or {})
        with self.shop.stores.resources.transaction() as tx:
            self.shop.stores.resources.add(tx, made)
            if job:
                self.shop.queue.enqueue(tx, job, arn, {})
        return arn

    def get(self, arn: str) -> Resource:
        found = self.shop.stores.resources.get(arn)
        assert found is not None
        return found

    def dataset(self) -> str:
        schema = self.put(Kind.SCHEMA, "plays", schema=json.dumps(INTERACTIONS))
        group = self.put(Kind.DATASET_GROUP, "shop")
        return self.put(
            Kind.DATASET,
            "shop/INTERACTIONS",
            parent_arn=group,
            schemaArn=schema,
            datasetType="Interactions",
        )

    def click(self, group: str, n: int = 1) -> None:
        """Let a user do something in a dataset group that nobody has done before."""
        event = Event(user_id=f"u{n}", item_id="i", timestamp=1, event_id=str(n))
        self.shop.stores.events.append(group, [event]).result()

    def work(self, kind: str, task: Task) -> None:
        """Do the jobs that are there, then stop."""
        stop = threading.Event()
        worker = Worker("tester", self.shop, {kind: Ending(task, stop, self.shop.queue)})
        runner = threading.Thread(target=worker.run, args=(stop,))
        runner.start()
        runner.join(60)
        assert not runner.is_alive()


class Ending:
    """A task that has the worker stop once its outcome is known."""

    def __init__(self, task: Task, stop: threading.Event, queue: JobQueue) -> None:
        self._task = task
        self._stop = stop

    def begin(self, tx: Any, job: Job) -> None:
        self._task.begin(tx, job)

    def do(self, job: Job, report: Any) -> Any:
        commit = self._task.do(job, report)
        return lambda tx: (commit(tx), self._stop.set())

    def fail(self, tx: Any, job: Job, reason: str) -> None:
        self._task.fail(tx, job, reason)
        self._stop.set()

    def stop(self, tx: Any, job: Job) -> None:
        self._task.stop(tx, job)
        self._stop.set()


class Hours:
    """A clock that stands still until hours pass."""

    def __init__(self) -> None:
        self.start = self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def pass_hours(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def at(self, hours: float) -> None:
        """So many hours after the start."""
        self.now = self.start + timedelta(hours=hours)


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    settings = Settings(
        data_dir=tmp_path, lease_s=5, heartbeat_s=0.05, file_roots=(tmp_path / "in",)
    )
    (tmp_path / "in").mkdir()
    stores = open_stores(settings)
    queue = JobQueue(stores.engine, utc_now, settings.max_attempts)
    yield Yard(Workshop(stores, queue, settings, utc_now), tmp_path)
    stores.close()
