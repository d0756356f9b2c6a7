"""When deployed solution versions are due to take in what came since."""

from datetime import timedelta

from penchant.custom_recipes import catalogue_of
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.renewals import next_at, renewal_of
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving
from penchant.domain.training_modes import trained_in_full
from penchant.jobs.kinds import JobKind
from penchant.models.registry import RENEWERS
from penchant.worker.renewal.hearing import heard
from penchant.worker.tasks import Workshop
from penchant.worker.training.learned_from import is_bereft


class Renewals:
    """Asks for the renewals of versions that campaigns answer with.

    Processes that look at once ask for each of them once.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._stores = workshop.stores
        self._recipes = catalogue_of(workshop.settings)

    def look(self) -> None:
        """Ask for the renewals that are due."""
        for version in self._deployed().values():
            told = self._unheard(version) if self._is_due(version) else None
            if told is not None:
                self._shop.ask(JobKind.RENEW, version.arn, {"heard": told})

    def news(self, version: Resource) -> str | None:
        """What there is now that the version may take in, due or not; None for nothing."""
        return self._unheard(version) if self._may_be_renewed(version) else None

    def _deployed(self) -> dict[str, Resource]:
        """The versions that campaigns answer with and that may be renewed."""
        found: dict[str, Resource] = {}
        for campaign in self._stores.resources.every(Kind.CAMPAIGN):
            serving = Serving.of(campaign)
            arn = serving.solution_version_arn if serving else ""
            version = self._stores.resources.get(arn) if arn else None
            if version is not None and self._may_be_renewed(version):
                found[version.arn] = version
        return found

    def _may_be_renewed(self, version: Resource) -> bool:
        """Whether it is the newest version of its solution that is ACTIVE, and trained in full.

        None is renewed once a dataset that it learned from is gone: it would forget what that held.
        """
        if self._every(version) is None or not trained_in_full(version):
            return False
        if is_bereft(self._stores, version):
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
        every = self._every(version)
        if every is None:
            return False
        return self._shop.clock() >= next_at(version, version.updated_at, every)

    def _unheard(self, version: Resource) -> str | None:
        """What its dataset group holds, where that is not what its last renewal heard."""
        known = renewal_of(version).get("heard") or version.own.get("heard")
        told = heard(self._stores, version.sent["datasetGroupArn"])
        return None if told == known else told
