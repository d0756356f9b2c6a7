"""Trains recommenders: new ones, those whose columns change, and all of them again and again."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.recommenders import wanted_config
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving
from penchant.domain.updates import settled_update
from penchant.domain.versions import artifacts, present_artifact
from penchant.jobs.queue import Job
from penchant.worker.tasks import Commit, JobStopped, Report, Workshop, nothing_to_commit
from penchant.worker.training.laboratory import make_artifact
from penchant.worker.training.wishes import use_case_of

_LOG = logging.getLogger(__name__)

UPDATE: Final = "update"
RETRAIN: Final = "retrain"
_OF_THE_LAST: Final = {"renewal", "failures"}
"""What a recommender keeps that is over with another training."""


class Recommend:
    """Job payload: `to`, "update" or "retrain"; absent for a new recommender.

    What is trained is the recommender itself, as a solution version is. The status of an update
    stands on the update; nobody sees a retraining under way, nor one that fails: the recommender
    answers as before. A retraining ends as soon as its recommender is stopped or deleted.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def begin(self, tx: Connection, job: Job) -> None:
        """CREATE IN_PROGRESS, on the update where it is for one."""
        if _to(job) != RETRAIN:
            self._settle(tx, job, statuses.CREATE_IN_PROGRESS, "")

    def do(self, job: Job, report: Report) -> Commit:
        """Train in a subprocess; the artifact is published by the commit alone."""
        recommender = self._shop.stores.resources.get(job.resource_arn)
        if recommender is None:
            return nothing_to_commit

        def told(progress: dict[str, Any]) -> None:
            report(progress)
            self._stop_where_over(job)

        order = {"do": "learn", "version_arn": recommender.arn}
        folder, result = make_artifact(self._shop.settings, job, order, told)
        config = wanted_config(recommender)
        return lambda tx: self._publish(tx, job, folder, result, config)

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """CREATE FAILED with the reason; what was there before answers on."""
        if _to(job) != RETRAIN:
            self._settle(tx, job, statuses.CREATE_FAILED, reason)
            return
        _LOG.error("%s is not trained again: %s", job.resource_arn, reason)
        self._note_failure(tx, job)

    def stop(self, tx: Connection, job: Job) -> None:
        """Only retrainings are stopped."""
        self._note_failure(tx, job)

    def _stop_where_over(self, job: Job) -> None:
        found = self._shop.stores.resources.get(job.resource_arn)
        if found is None or (_to(job) == RETRAIN and found.status != statuses.ACTIVE):
            raise JobStopped

    def _publish(
        self,
        tx: Connection,
        job: Job,
        folder: str,
        result: Mapping[str, Any],
        config: Mapping[str, Any],
    ) -> None:
        """Let the recommender answer with the artifact, if it is still to have this `config`."""
        found = self._shop.stores.resources.held(tx, job.resource_arn)
        if found is None or wanted_config(found) != config:
            self._shop.queue.discard(tx, job.resource_arn, [folder])
            return
        now = self._shop.clock()
        former = present_artifact(found) if "artifact" in found.own else ""
        self._shop.queue.discard(
            tx, job.resource_arn, [path for path in artifacts(found) if path != former]
        )
        kept = {name: value for name, value in found.own.items() if name not in _OF_THE_LAST}
        own = {
            **kept,
            **result,
            "artifact": folder,
            "former": former,
            "triedAt": now.isoformat(),
            "serving": serving_of(found, folder, config).kept,
        }
        sent = found.sent
        if _to(job) == UPDATE:
            own["update"] = settled_update(found, statuses.ACTIVE, now)
            sent = {**sent, "recommenderConfig": config}
        changed_at = found.updated_at if _to(job) == RETRAIN else now
        self._shop.stores.resources.change(
            tx, found, changed_at, status=_after(found), failure_reason="", own=own, sent=sent
        )

    def _settle(self, tx: Connection, job: Job, status: str, reason: str) -> None:
        """Write a status on the update that the job is for, else on the recommender."""
        found = self._shop.stores.resources.held(tx, job.resource_arn)
        if found is None:
            return
        now, change = self._shop.clock(), self._shop.stores.resources.change
        if _to(job) == UPDATE:
            update = settled_update(found, status, now, reason)
            change(tx, found, now, own={**found.own, "update": update})
        else:
            change(tx, found, now, status=status, failure_reason=reason)

    def _note_failure(self, tx: Connection, job: Job) -> None:
        """Write down what nobody sees: that a retraining has ended without a model."""
        found = self._shop.stores.resources.held(tx, job.resource_arn)
        if found is not None:
            n_failures = found.own.get("failures", 0) + 1
            tried_at = self._shop.clock().isoformat()
            own = {**found.own, "triedAt": tried_at, "failures": n_failures}
            self._shop.stores.resources.change(tx, found, found.updated_at, own=own)


def serving_of(recommender: Resource, folder: str, config: Mapping[str, Any]) -> Serving:
    """What a recommender answers with, by an artifact and a `recommenderConfig`."""
    only = use_case_of(recommender).learns_from
    return Serving(
        artifact=folder,
        recipe_arn=recommender.sent["recipeArn"],
        dataset_group_arn=recommender.sent["datasetGroupArn"],
        config=config,
        events={"eventType": only} if only else {},
    )


def _to(job: Job) -> str:
    return str(job.payload.get("to", ""))


def _after(recommender: Resource) -> str:
    """The status after a training: that of one that was stopped meanwhile stays."""
    made = {statuses.CREATE_PENDING, statuses.CREATE_IN_PROGRESS, statuses.CREATE_FAILED}
    return statuses.ACTIVE if recommender.status in made else recommender.status
