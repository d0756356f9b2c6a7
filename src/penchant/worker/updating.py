"""Renews deployed solution versions between trainings; campaigns go on with the renewed model."""

import logging
from typing import Any

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.resources import Resource
from penchant.jobs.queue import Job
from penchant.worker.laboratory import make_artifact
from penchant.worker.tasks import Commit, Report, Workshop, nothing_to_commit

_LOG = logging.getLogger(__name__)


class Renew:
    """Job payload: `heard`, what the dataset group held when the renewal was asked for.

    A version's `own["renewal"]` holds `artifact` (what it answers with instead of the training's),
    `former` (the artifact before that, which may still be in use), `heard` and `at`. A renewal
    that fails changes nothing but `heard` and `at`, so that it is not tried again at once.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def begin(self, tx: Connection, job: Job) -> None:
        """Nobody sees a renewal under way."""

    def do(self, job: Job, report: Report) -> Commit:
        """Renew in a subprocess; the artifact is published by the commit alone."""
        version = self._shop.stores.resources.get(job.resource_arn)
        if version is None or version.status != statuses.ACTIVE:
            return nothing_to_commit
        order = {"do": "renew", "version_arn": version.arn}
        folder, _ = make_artifact(self._shop.settings, job, order, report)
        return lambda tx: self._publish(tx, job, folder)

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """The version answers as before."""
        _LOG.error("%s is not renewed: %s", job.resource_arn, reason)
        self._note(tx, job)

    def stop(self, tx: Connection, job: Job) -> None:
        """The version answers as before."""
        self._note(tx, job)

    def _publish(self, tx: Connection, job: Job, folder: str) -> None:
        renewal = self._note(tx, job, artifact=folder)
        if renewal is None or renewal.get("artifact") != folder:
            self._discard(tx, job, folder)
            return
        for campaign in self._shop.stores.resources.every(Kind.CAMPAIGN):
            serving = campaign.own.get("serving", {})
            if serving.get("solutionVersionArn") == job.resource_arn:
                own = {**campaign.own, "serving": {**serving, "artifact": folder}}
                self._change(tx, campaign, own)

    def _note(self, tx: Connection, job: Job, **artifact: str) -> dict[str, Any] | None:
        """Write the renewal on the version; what nobody can be using any more is discarded."""
        version = self._shop.stores.resources.get(job.resource_arn, tx=tx)
        if version is None:
            return None
        before: dict[str, Any] = version.own.get("renewal") or {}
        at = self._shop.clock().isoformat()
        renewal = {**before, "heard": job.payload["heard"], "at": at, **artifact}
        if artifact:
            renewal["former"] = before.get("artifact", "")
            self._discard(tx, job, before.get("former", ""))
        self._change(tx, version, {**version.own, "renewal": renewal})
        return renewal

    def _change(self, tx: Connection, resource: Resource, own: dict[str, Any]) -> None:
        """Change what clients do not see, so that the time of the last change stays."""
        self._shop.stores.resources.change(tx, resource.arn, resource.updated_at, own=own)

    def _discard(self, tx: Connection, job: Job, path: str) -> None:
        if path:
            self._shop.queue.enqueue(tx, "discard", job.resource_arn, {"paths": [path]})
