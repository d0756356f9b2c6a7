"""Deploys solution versions: a new campaign, or a campaign's update."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection

from penchant.custom_recipes import catalogue_of
from penchant.domain import statuses
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving
from penchant.domain.updates import last_update, settled_update
from penchant.domain.versions import present_artifact
from penchant.jobs.queue import Job
from penchant.models.registry import loaders_of
from penchant.worker.following import Following
from penchant.worker.tasks import Commit, Report, TaskFailure, Workshop, nothing_to_commit
from penchant.worker.training.wishes import events_of
from penchant.worker.trying_out import try_out


class Deploy:
    """Loads the version's model once, asks it one question, then lets the campaign answer with it.

    The last update of a campaign, in `own["update"]`, has a status of its own; the campaign stays
    ACTIVE and goes on with what it serves if the update fails.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._loaders = loaders_of(catalogue_of(workshop.settings).entries)
        self._following = Following(workshop)

    def begin(self, tx: Connection, job: Job) -> None:
        """CREATE IN_PROGRESS, on the update where there is one."""
        self._settle(tx, job, statuses.CREATE_IN_PROGRESS, "")

    def do(self, job: Job, report: Report) -> Commit:
        """Check that the model answers."""
        campaign = self._shop.stores.resources.get(job.resource_arn)
        if campaign is None:
            return nothing_to_commit
        wanted = {**campaign.sent, **_update(campaign)}
        version = self._shop.stores.resources.get(wanted["solutionVersionArn"])
        if version is None or version.status != statuses.ACTIVE:
            raise TaskFailure(f"{wanted['solutionVersionArn']} is not there any more.")
        report({"stage": "loading the model"})
        folder = self._shop.settings.data_dir / present_artifact(version)
        way_out = "create another solution version and deploy that"
        try_out(folder, version.arn, way_out, self._loaders)
        serving = Serving(
            artifact=present_artifact(version),
            recipe_arn=version.sent["recipeArn"],
            dataset_group_arn=version.sent["datasetGroupArn"],
            config=wanted.get("campaignConfig", {}),
            solution_version_arn=version.arn,
            events=events_of(version),
        )
        return lambda tx: self._end(tx, job, statuses.ACTIVE, "", serving=serving, sent=wanted)

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """CREATE FAILED with the reason; what was served goes on."""
        self._end(tx, job, statuses.CREATE_FAILED, reason)

    def stop(self, tx: Connection, job: Job) -> None:
        """No operation stops a deployment."""
        self._end(tx, job, statuses.CREATE_FAILED, "stopped")

    def _end(self, tx: Connection, job: Job, status: str, reason: str, **changes: Any) -> None:
        """Settle, then go on to a version that came meanwhile where the campaign follows it."""
        self._settle(tx, job, status, reason, **changes)
        self._following.after_deployment(tx, job.resource_arn)

    def _settle(
        self,
        tx: Connection,
        job: Job,
        status: str,
        reason: str,
        serving: Serving | None = None,
        sent: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a status on the last update, or on the campaign where it has had none."""
        campaign = self._shop.stores.resources.held(tx, job.resource_arn)
        if campaign is None:
            return
        now = self._shop.clock()
        change = partial(self._shop.stores.resources.change, tx, campaign, now, sent=sent)
        own = {**campaign.own, "serving": serving.kept} if serving else campaign.own
        if not last_update(campaign):
            change(status=status, failure_reason=reason, own=own)
            return
        own = {**own, "update": settled_update(campaign, status, now, reason)}
        if status == statuses.ACTIVE:
            change(status=status, failure_reason="", own=own)
        else:
            change(own=own)


def _update(campaign: Resource) -> dict[str, Any]:
    names = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")
    update = last_update(campaign)
    return {name: update[name] for name in names if update.get(name) is not None}
