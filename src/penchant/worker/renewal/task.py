"""Renews what answers between trainings: solution versions with campaigns, and recommenders."""

import logging
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.renewals import failed, renewal_of, renewed
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving
from penchant.jobs.queue import Job
from penchant.store.resources import Held
from penchant.worker.tasks import Commit, Report, Workshop, nothing_to_commit
from penchant.worker.training.laboratory import make_artifact
from penchant.worker.training.learned_from import is_bereft

_LOG = logging.getLogger(__name__)


class Renew:
    """Job payload: `heard`, what the dataset group held when the renewal was asked for.

    What is kept of it is told by `penchant.domain.renewals`. A renewal that fails, or that a
    training or a deletion has overtaken, changes nothing that is answered with.
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
        if is_bereft(self._shop.stores, found):
            return nothing_to_commit
        order = {"do": "renew", "version_arn": found.arn}
        folder, _ = make_artifact(self._shop.settings, job, order, report)
        return lambda tx: self._publish(tx, job, folder, found.own["artifact"])

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """What answered before answers on, and the next try is put off."""
        _LOG.error("%s is not renewed: %s", job.resource_arn, reason)
        self.stop(tx, job)

    def stop(self, tx: Connection, job: Job) -> None:
        """As a failure, without a reason."""
        found = self._shop.stores.resources.held(tx, job.resource_arn)
        if found is not None:
            renewal = failed(found, self._shop.clock())
            self._change(tx, found, renewal=renewal)

    def _publish(self, tx: Connection, job: Job, folder: str, trained: str) -> None:
        """Answer with the artifact, unless `trained`, what was renewed, is not there any more.

        Nor where a dataset went meanwhile, without which it may have been made.
        """
        stores = self._shop.stores
        found = stores.resources.held(tx, job.resource_arn)
        if found is None or found.own.get("artifact") != trained or is_bereft(stores, found, tx):
            self._discard(tx, job, folder)
            return
        self._discard(tx, job, renewal_of(found).get("former", ""))
        renewal = renewed(found, folder, job.payload["heard"], self._shop.clock())
        self._change(tx, found, renewal=renewal, **_answering_from(found, folder))
        for campaign in self._campaigns(tx, found):
            self._change(tx, campaign, **_answering_from(campaign, folder))

    def _campaigns(self, tx: Connection, version: Resource) -> Iterator[Held]:
        """Those that answer with a solution version; none do with a recommender."""
        resources = self._shop.stores.resources
        for one in resources.children(version.parent_arn, Kind.CAMPAIGN, tx):
            campaign = resources.held(tx, one.arn)
            serving = None if campaign is None else Serving.of(campaign)
            if campaign and serving and serving.solution_version_arn == version.arn:
                yield campaign

    def _change(self, tx: Connection, resource: Held, **own: Any) -> None:
        """Change what clients do not see, so that the time of the last change stays."""
        whole = {**resource.own, **own}
        self._shop.stores.resources.change(tx, resource, resource.updated_at, own=whole)

    def _discard(self, tx: Connection, job: Job, path: str) -> None:
        if path:
            self._shop.queue.discard(tx, job.resource_arn, [path])


def _answering_from(resource: Resource, folder: str) -> dict[str, Any]:
    """What changes in `own` of what answers; nothing of a solution version, which does not."""
    serving = Serving.of(resource)
    return {} if serving is None else {"serving": serving.from_artifact(folder).kept}
