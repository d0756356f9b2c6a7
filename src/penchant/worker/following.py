"""Campaigns with `syncWithLatestSolutionVersion` deploy each newer version by themselves."""

from sqlalchemy import Connection

from penchant.domain.arns import Kind
from penchant.service.campaign_updates import follow, follows
from penchant.worker.ledgers import ledger_of
from penchant.worker.tasks import Workshop


class Following:
    """Has campaigns deploy the newest version that was trained in full.

    They do so when a training or a deployment has ended; looking from time to time finds what two
    processes that ended one each at the same moment could not see of each other.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._resources = workshop.stores.resources
        self._ledger = ledger_of(workshop)

    def look(self) -> None:
        """Queue the deployments of all campaigns that lag behind."""
        for campaign in self._resources.every(Kind.CAMPAIGN):
            if follows(campaign.sent):
                with self._resources.transaction() as tx:
                    self.after_deployment(tx, campaign.arn)

    def after_training(self, tx: Connection, solution_arn: str) -> None:
        """Queue the deployments of a solution's newest version."""
        for campaign in self._resources.children(solution_arn, Kind.CAMPAIGN, tx):
            self.after_deployment(tx, campaign.arn)

    def after_deployment(self, tx: Connection, campaign_arn: str) -> None:
        """Queue the deployment of a version that came while a campaign deployed another."""
        campaign = self._resources.held(tx, campaign_arn)
        if campaign is not None:
            follow(self._ledger, tx, campaign)
