"""Solutions that train themselves: a new version every few days if something came since."""

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.auto_training import due_at, trains_itself
from penchant.domain.callers import Caller
from penchant.domain.errors import LimitExceededException
from penchant.domain.resources import Resource
from penchant.domain.training_modes import TrainingMode, trained_in_full
from penchant.service.version_writing import AUTOMATIC, write_version
from penchant.worker.ledgers import ledger_of
from penchant.worker.renewal.hearing import heard, tells_news
from penchant.worker.tasks import Workshop

_LOG = logging.getLogger(__name__)
_NOBODY: Final = ""


class AutoTraining:
    """Asks for the trainings of solutions with `performAutoTraining`, which is the default.

    One is due when `penchant.domain.auto_training.due_at` says so, no version is being made, and
    there are interactions that the last trained version has not heard of; for a recipe that needs
    none, other data counts too. Processes that look at once ask for it once.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._resources = workshop.stores.resources
        self._ledger = ledger_of(workshop)

    def look(self) -> None:
        """Ask for the trainings that are due."""
        if not self._shop.settings.auto_training_delay_s:
            return
        for solution in self._resources.every(Kind.SOLUTION):
            if self._is_due(solution) and self._has_news(solution):
                self._ask(solution)

    def _is_due(self, solution: Resource, tx: Connection | None = None) -> bool:
        if solution.status != statuses.ACTIVE or not trains_itself(solution.sent):
            return False
        versions = self._resources.children(solution.arn, Kind.SOLUTION_VERSION, tx)
        if any(one.status in statuses.UNFINISHED for one in versions):
            return False
        delay = timedelta(seconds=self._shop.settings.auto_training_delay_s)
        return self._shop.clock() >= due_at(solution, versions, delay)

    def _has_news(self, solution: Resource) -> bool:
        versions = self._resources.children(solution.arn, Kind.SOLUTION_VERSION)
        full = [one for one in versions if trained_in_full(one)]
        before = next((one.own["heard"] for one in full if "heard" in one.own), None)
        entry = self._ledger.recipes.find(solution.sent.get("recipeArn", ""))
        return tells_news(
            heard(self._shop.stores, solution.sent["datasetGroupArn"]),
            before,
            of_interactions=entry is None or entry.needs_interactions,
        )

    def _ask(self, solution: Resource) -> None:
        try:
            with self._resources.transaction() as tx:
                locked = self._resources.held(tx, solution.arn)
                if locked is not None and self._is_due(locked, tx):
                    self._write(locked, tx)
        except LimitExceededException as error:
            _LOG.warning("%s is not trained yet: %s", solution.arn, error)

    def _write(self, solution: Resource, tx: Connection) -> None:
        version = write_version(
            self._ledger,
            tx,
            Caller(_NOBODY, solution.owner),
            solution,
            mode=TrainingMode.AUTOTRAIN,
            training_type=AUTOMATIC,
        )
        _LOG.info("%s trains itself: %s", solution.arn, version.arn)
