"""Renews recommenders between trainings, so that they take in new items and counts."""

import logging

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.resources import Resource
from penchant.jobs.queue import Job
from penchant.worker.laboratory import make_artifact
from penchant.worker.tasks import Commit, Report, Workshop, nothing_to_commit

_LOG = logging.getLogger(__name__)


class RenewRecommender:
    """Job payload: `heard`, what the dataset group held when the renewal was asked for.

    `own["renewal"]` holds `artifact` (what it answers with instead of the training's), `former`
    (the artifact before that, which may still be in use), `heard` and `at`. What fails, or has been
    overtaken by a training, changes nothing that is answered with.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def begin(self, tx: Connection, job: Job) -> None:
        """Nobody sees a renewal under way."""

    def do(self, job: Job, report: Report) -> Commit:
        """Renew in a subprocess; the artifact is published by the commit alone."""
        found = self._shop.stores.resources.get(job.resource_arn)
        if found is None or found.status != statuses.ACTIVE:
            return nothing_to_commit
        order = {"do": "renew", "version_arn": found.arn}
        folder, _ = make_artifact(self._shop.settings, job, order, report)
        return lambda tx: self._publish(tx, job, folder, found.own["artifact"])

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """The recommender answers as before, and is not tried again at once."""
        _LOG.error("%s is not renewed: %s", job.resource_arn, reason)
        self._note(tx, job, self._shop.stores.resources.get(job.resource_arn, tx=tx))

    def stop(self, tx: Connection, job: Job) -> None:
        """The recommender answers as before."""
        self._note(tx, job, self._shop.stores.resources.get(job.resource_arn, tx=tx))

    def _publish(self, tx: Connection, job: Job, folder: str, trained: str) -> None:
        """Answer with the artifact, unless `trained`, what was renewed, is not there any more."""
        found = self._shop.stores.resources.get(job.resource_arn, tx=tx)
        if found is None or found.own.get("artifact") != trained:
            self._discard(tx, job, folder)
            return
        before = found.own.get("renewal") or {}
        self._discard(tx, job, before.get("former", ""))
        self._note(tx, job, found, artifact=folder, former=before.get("artifact", ""))

    def _note(self, tx: Connection, job: Job, found: Resource | None, **paths: str) -> None:
        """Change what clients do not see, so that the time of the last change stays."""
        if found is None:
            return
        at = self._shop.clock().isoformat()
        before = found.own.get("renewal") or {}
        renewal = {**before, "heard": job.payload["heard"], "at": at, **paths}
        own = {**found.own, "renewal": renewal}
        if paths:
            own["serving"] = {**found.own["serving"], "artifact": paths["artifact"]}
        self._shop.stores.resources.change(tx, found.arn, found.updated_at, own=own)

    def _discard(self, tx: Connection, job: Job, path: str) -> None:
        if path:
            self._shop.queue.enqueue(tx, "discard", job.resource_arn, {"paths": [path]})
