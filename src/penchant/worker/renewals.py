"""When deployed solution versions are due to take in what came since."""

from datetime import datetime, timedelta
from typing import Any

from penchant.custom_recipes import catalogue_of
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.auto_training import UPDATE
from penchant.domain.resources import Resource
from penchant.jobs.states import OPEN
from penchant.models.registry import RENEWERS
from penchant.worker.hearing import heard
from penchant.worker.tasks import Workshop


class Renewals:
    """Asks for the renewals of versions that campaigns answer with.

    Several processes may do so at once; what two of them ask for is done twice, to no harm.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._stores = workshop.stores
        self._recipes = catalogue_of(workshop.settings)

    def look(self) -> None:
        """Ask for the renewals that are due."""
        for version in self._deployed().values():
            if self._is_due(version):
                self._ask(version)

    def news(self, version: Resource) -> str | None:
        """What there is now that the version may take in, due or not; None for nothing."""
        return self._unheard(version) if self._may_be_renewed(version) else None

    def _deployed(self) -> dict[str, Resource]:
        """The versions that campaigns answer with and that may be renewed."""
        found: dict[str, Resource] = {}
        for campaign in self._stores.resources.every(Kind.CAMPAIGN):
            arn = campaign.own.get("serving", {}).get("solutionVersionArn")
            version = None if arn is None else self._stores.resources.get(arn)
            if version is not None and self._may_be_renewed(version):
                found[version.arn] = version
        return found

    def _may_be_renewed(self, version: Resource) -> bool:
        """Whether it is the newest version of its solution that is ACTIVE, and trained in full."""
        if self._every(version) is None or version.sent.get("trainingMode") == UPDATE:
            return False
        siblings = self._stores.resources.children(version.parent_arn, Kind.SOLUTION_VERSION)
        active = [one for one in siblings if one.status == statuses.ACTIVE]
        return bool(active) and active[0].arn == version.arn

    def _every(self, version: Resource) -> timedelta | None:
        """The time between two renewals; None where there are none."""
        entry, settings = self._recipes.find(version.sent["recipeArn"]), self._shop.settings
        if entry is None or entry.family not in RENEWERS or not settings.renewal_s:
            return None
        if self._is_incremental(version):
            return timedelta(seconds=settings.incremental_update_s)
        return timedelta(seconds=settings.renewal_s) if entry.refreshes else None

    def _is_incremental(self, version: Resource) -> bool:
        """What the solution says now, which an update may have changed since the training."""
        solution = self._stores.resources.get(version.parent_arn)
        sent = version.sent if solution is None else solution.sent
        return bool(sent.get("performIncrementalUpdate"))

    def _is_due(self, version: Resource) -> bool:
        renewal: dict[str, Any] = version.own.get("renewal") or {}
        last = datetime.fromisoformat(renewal["at"]) if renewal else version.updated_at
        every = self._every(version)
        if every is None or self._shop.clock() - last < every:
            return False
        return self._unheard(version) is not None

    def _unheard(self, version: Resource) -> str | None:
        renewal: dict[str, Any] = version.own.get("renewal") or {}
        known = renewal.get("heard") or version.own.get("heard")
        told = heard(self._stores, version.sent["datasetGroupArn"])
        return None if told == known else told

    def _ask(self, version: Resource) -> None:
        told = heard(self._stores, version.sent["datasetGroupArn"])
        with self._stores.resources.transaction() as tx:
            job = self._shop.queue.of(version.arn, tx)
            if job is None or job.state not in OPEN:
                self._shop.queue.enqueue(tx, "renew", version.arn, {"heard": told})
