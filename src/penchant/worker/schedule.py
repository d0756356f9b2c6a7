"""Work that is due from time to time: deployed versions take in what came since."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from penchant.custom_recipes import catalogue_of
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.resources import Resource
from penchant.jobs.states import OPEN
from penchant.models.registry import RENEWERS
from penchant.worker.hearing import heard
from penchant.worker.renewing import UPDATE
from penchant.worker.tasks import Workshop

_LOG = logging.getLogger(__name__)
_LONGEST_PAUSE_S: Final = 60.0
_REMEMBERED: Final = timedelta(days=30)


class Schedule:
    """Asks for renewals when they are due.

    Several processes may do so at once; what two of them ask for is done twice, to no harm.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._stores = workshop.stores
        self._recipes = catalogue_of(workshop.settings)

    def run(self, stop: threading.Event) -> None:
        """Look again and again until `stop` is set."""
        settings = self._shop.settings
        if not settings.renewal_s:
            return
        every_s = min(settings.renewal_s, settings.incremental_update_s)
        while not stop.wait(min(_LONGEST_PAUSE_S, every_s / 4)):
            try:
                self.look()
            except SQLAlchemyError:
                _LOG.exception("the schedule cannot reach the database; trying again")

    def look(self) -> None:
        """Ask for the renewals that are due, and forget what nobody will ask about any more."""
        for version in self._deployed().values():
            if self._is_due(version):
                self._ask(version)
        with self._stores.resources.transaction() as tx:
            self._stores.shown.forget_before(tx, self._shop.clock() - _REMEMBERED)

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
        if entry is None or entry.family not in RENEWERS:
            return None
        if version.sent.get("performIncrementalUpdate"):
            return timedelta(seconds=settings.incremental_update_s)
        return timedelta(seconds=settings.renewal_s) if entry.refreshes else None

    def _is_due(self, version: Resource) -> bool:
        renewal: dict[str, Any] = version.own.get("renewal") or {}
        last = datetime.fromisoformat(renewal["at"]) if renewal else version.updated_at
        every = self._every(version)
        if every is None or self._shop.clock() - last < every:
            return False
        known = renewal.get("heard") or version.own.get("heard")
        return known != heard(self._stores, version.sent["datasetGroupArn"])

    def _ask(self, version: Resource) -> None:
        told = heard(self._stores, version.sent["datasetGroupArn"])
        with self._stores.resources.transaction() as tx:
            job = self._shop.queue.of(version.arn, tx)
            if job is None or job.state not in OPEN:
                self._shop.queue.enqueue(tx, "renew", version.arn, {"heard": told})
