"""Trains solution versions."""

import time

from penchant.domain import statuses
from penchant.jobs.queue import Job
from penchant.worker.laboratory import make_artifact
from penchant.worker.tasks import Commit, Report, ResourceTask


class Train(ResourceTask):
    """Makes a solution version ACTIVE with its artifact, metrics and leaderboard."""

    def do(self, job: Job, report: Report) -> Commit:
        """Train in a subprocess; the artifact is published by the commit alone."""
        began = time.monotonic()
        order = {"do": "learn", "version_arn": job.resource_arn}
        folder, result = make_artifact(self._shop.settings, job, order, report)
        hours = max(0.001, round((time.monotonic() - began) / 3600, 3))
        return lambda tx: self._shop.mark(
            tx,
            job.resource_arn,
            statuses.ACTIVE,
            artifact=folder,
            trainingHours=hours,
            **result,
        )
