"""Campaigns: create, describe, list, update, delete."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException, ResourceInUseException
from penchant.domain.recipes import RecipeEntry
from penchant.domain.resources import Resource
from penchant.domain.updates import last_update, shown_update
from penchant.jobs.kinds import JobKind
from penchant.service.campaign_rules import LATEST, check_config, check_following
from penchant.service.campaign_updates import refuse_running_update, write_update
from penchant.service.ledger import Ledger
from penchant.service.rendering import rendered, summary


class CampaignOperations:
    """A campaign answers with one solution version.

    A campaign's `own` holds `serving`, what answers right now, and `update`, the members of its
    last UpdateCampaign with their status; a worker moves the one to the other.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_campaign(
        self,
        caller: Caller,
        *,
        name: str,
        solution_version_arn: str,
        min_provisioned_tps: int | None = None,
        campaign_config: Mapping[str, Any] | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Queue the deployment of a solution version."""
        with self._ledger.resources.transaction() as tx:
            version = self._version(caller, solution_version_arn, tx)
            check_config(self._entry(version), campaign_config)
            check_following(solution_version_arn, campaign_config)
            sent = {
                "name": name,
                "solutionVersionArn": version.arn,
                "minProvisionedTPS": min_provisioned_tps,
                "campaignConfig": campaign_config,
            }
            campaign = self._ledger.write_down(
                tx,
                caller,
                Kind.CAMPAIGN,
                name,
                sent=sent,
                parent_arn=version.parent_arn,
                tags=tags,
                job=JobKind.DEPLOY,
            )
        return {"campaignArn": campaign.arn}

    def describe_campaign(self, caller: Caller, *, campaign_arn: str) -> dict[str, Any]:
        """One campaign, and its last update where there was one."""
        campaign = self._ledger.find(caller, campaign_arn, Kind.CAMPAIGN)
        return {
            "campaign": {
                **rendered(campaign),
                "latestCampaignUpdate": shown_update(last_update(campaign)),
            }
        }

    def list_campaigns(
        self,
        caller: Caller,
        *,
        solution_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Campaigns of a solution, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.CAMPAIGN,
            "campaigns",
            _summary,
            parent_arn=solution_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def update_campaign(
        self,
        caller: Caller,
        *,
        campaign_arn: str,
        solution_version_arn: str | None = None,
        min_provisioned_tps: int | None = None,
        campaign_config: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Queue a change; the campaign goes on answering as before until it is done."""
        with self._ledger.resources.transaction() as tx:
            campaign = self._ledger.hold(tx, caller, campaign_arn, Kind.CAMPAIGN)
            _refuse_update(campaign)
            wanted = solution_version_arn or campaign.sent["solutionVersionArn"]
            version = self._version(caller, wanted, tx)
            check_config(self._entry(version), campaign_config)
            check_following(solution_version_arn, campaign_config, campaign)
            self._refuse_other_solution(campaign, version)
            write_update(
                self._ledger,
                tx,
                campaign,
                solutionVersionArn=version.arn if solution_version_arn else None,
                minProvisionedTPS=min_provisioned_tps,
                campaignConfig=campaign_config,
            )
        return {"campaignArn": campaign_arn}

    def delete_campaign(self, caller: Caller, *, campaign_arn: str) -> dict[str, Any]:
        """Delete a campaign; it answers no more."""
        with self._ledger.resources.transaction() as tx:
            campaign = self._ledger.hold(tx, caller, campaign_arn, Kind.CAMPAIGN)
            refuse_running_update(campaign)
            self._ledger.take_out(tx, campaign)
        return {}

    def _version(self, caller: Caller, arn: str, tx: Connection) -> Resource:
        if not arn.endswith(LATEST):
            return self._ledger.find_active(caller, arn, Kind.SOLUTION_VERSION, tx)
        solution = self._ledger.find(caller, arn.removesuffix(LATEST), Kind.SOLUTION, tx)
        versions = self._ledger.resources.children(solution.arn, Kind.SOLUTION_VERSION, tx=tx)
        active = [version for version in versions if version.status == statuses.ACTIVE]
        if not active:
            raise InvalidInputException(
                f"{solution.arn} has no ACTIVE version; create one and wait until it is ACTIVE."
            )
        newest = active[0].arn  # children come newest first
        return self._ledger.find_active(caller, newest, Kind.SOLUTION_VERSION, tx)

    def _entry(self, version: Resource) -> RecipeEntry:
        return self._ledger.recipe(version.sent["recipeArn"])

    def _refuse_other_solution(self, campaign: Resource, version: Resource) -> None:
        if version.parent_arn != campaign.parent_arn:
            raise InvalidInputException(
                f"{version.arn} is not a version of {campaign.parent_arn}, which "
                f"{campaign.arn} belongs to; create another campaign for it."
            )


def _refuse_update(campaign: Resource) -> None:
    if campaign.status not in {statuses.ACTIVE, statuses.CREATE_FAILED}:
        raise ResourceInUseException(
            f"{campaign.arn} is {campaign.status}; it can be updated once it is ACTIVE."
        )
    refuse_running_update(campaign)


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "name")
