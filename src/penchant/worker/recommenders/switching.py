"""Starts and stops recommenders, and gives them another configuration that needs no training."""

from typing import Any, Final

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.recommenders import wanted_config
from penchant.domain.updates import settled_update
from penchant.domain.versions import present_artifact
from penchant.jobs.queue import Job
from penchant.worker.recommenders.training import UPDATE, serving_of
from penchant.worker.tasks import Commit, Report, Workshop, nothing_to_commit
from penchant.worker.trying_out import try_out

_STOP: Final = "stop"
_ON_THE_WAY: Final = {"start": statuses.START_IN_PROGRESS, _STOP: statuses.STOP_IN_PROGRESS}
_THERE: Final = {"start": statuses.ACTIVE, _STOP: statuses.INACTIVE}


class Switch:
    """Job payload: `to`, one of "start", "stop" and "update"."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def begin(self, tx: Connection, job: Job) -> None:
        """START IN_PROGRESS, STOP IN_PROGRESS, or CREATE IN_PROGRESS on the update."""
        status = _ON_THE_WAY.get(job.payload["to"], statuses.CREATE_IN_PROGRESS)
        self._settle(tx, job, status)

    def do(self, job: Job, report: Report) -> Commit:
        """Ask the model one question before it is to answer; nothing where it stops."""
        found = self._shop.stores.resources.get(job.resource_arn)
        if found is None:
            return nothing_to_commit
        if job.payload["to"] != _STOP:
            report({"stage": "loading the model"})
            folder = self._shop.settings.data_dir / present_artifact(found)
            try_out(folder, found.arn, "delete the recommender and create it again")
        status = _THERE.get(job.payload["to"], statuses.ACTIVE)
        return lambda tx: self._settle(tx, job, status)

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """INACTIVE with the reason, or CREATE FAILED on the update."""
        status = statuses.CREATE_FAILED if job.payload["to"] == UPDATE else statuses.INACTIVE
        self._settle(tx, job, status, reason)

    def stop(self, tx: Connection, job: Job) -> None:
        """No operation stops it."""
        self.fail(tx, job, "stopped")

    def _settle(self, tx: Connection, job: Job, status: str, reason: str = "") -> None:
        found = self._shop.stores.resources.held(tx, job.resource_arn)
        if found is None:
            return
        now, change = self._shop.clock(), self._shop.stores.resources.change
        if job.payload["to"] != UPDATE:
            change(tx, found, now, status=status, failure_reason=reason)
            return
        values: dict[str, Any] = {}
        own = {**found.own, "update": settled_update(found, status, now, reason)}
        if status == statuses.ACTIVE:
            config = wanted_config(found)
            own["serving"] = serving_of(found, present_artifact(found), config).kept
            values["sent"] = {**found.sent, "recommenderConfig": config}
        change(tx, found, now, own=own, **values)
