"""Trains solution versions."""

import time
from typing import Any

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.jobs.queue import Job
from penchant.worker.following import Following
from penchant.worker.tasks import Commit, Report, ResourceTask, Workshop
from penchant.worker.training.laboratory import make_artifact


class Train(ResourceTask):
    """Makes a solution version ACTIVE with its artifact, metrics and leaderboard."""

    def __init__(self, workshop: Workshop) -> None:
        super().__init__(workshop)
        self._following = Following(workshop)

    def do(self, job: Job, report: Report) -> Commit:
        """Train in a subprocess; the artifact is published by the commit alone."""
        began = time.monotonic()
        order = {"do": "learn", "version_arn": job.resource_arn}
        folder, result = make_artifact(self._shop.settings, job, order, report)
        hours = _hours(time.monotonic() - began)
        own = {**result, "artifact": folder, "trainingHours": hours}
        return lambda tx: self._publish(tx, job.resource_arn, own)

    def stop(self, tx: Connection, job: Job) -> None:
        """CREATE STOPPED, with the hours that this try took."""
        taken_s = (self._shop.clock() - job.updated_at).total_seconds()
        hours = _hours(taken_s)
        self._shop.mark(tx, job.resource_arn, statuses.CREATE_STOPPED, trainingHours=hours)

    def _publish(self, tx: Connection, arn: str, own: dict[str, Any]) -> None:
        """A recipe that the training chose becomes the version's own, as if it had been sent."""
        self._shop.mark(tx, arn, statuses.ACTIVE, **own)
        version = self._shop.stores.resources.held(tx, arn)
        if version is None:
            return
        if "recipeArn" in own:
            sent = {**version.sent, "recipeArn": own["recipeArn"]}
            self._shop.stores.resources.change(tx, version, self._shop.clock(), sent=sent)
        self._following.after_training(tx, version.parent_arn)


def _hours(taken_s: float) -> float:
    """Training hours as they are told: never 0, since programs divide by them."""
    return max(0.001, round(taken_s / 3600, 3))
