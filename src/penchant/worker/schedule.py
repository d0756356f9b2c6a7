"""Work that is due from time to time, looked for again and again."""

import logging
import threading
from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from penchant.worker.attribution.schedule import Attributions
from penchant.worker.following import Following
from penchant.worker.recommenders.schedule import RecommenderSchedule
from penchant.worker.renewal.schedule import Renewals
from penchant.worker.sweeping import Sweeping
from penchant.worker.tasks import Workshop
from penchant.worker.training.schedule import AutoTraining
from penchant.worker.usage_keeping import UsageKeeping

_LOG = logging.getLogger(__name__)
_LONGEST_PAUSE_S: Final = 60.0
_REMEMBERED: Final = timedelta(days=30)


class Chore(Protocol):
    """One kind of work that comes due; several processes may look for it at once."""

    def look(self) -> None:
        """Ask for what is due."""
        ...


class Schedule:
    """Looks for what is due, a quarter of the shortest period at a time."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._chores: tuple[Chore, ...] = (
            Renewals(workshop),
            RecommenderSchedule(workshop),
            AutoTraining(workshop),
            Following(workshop),
            Attributions(workshop),
            Sweeping(workshop),
            UsageKeeping(workshop),
        )

    def run(self, stop: threading.Event) -> None:
        """Look again and again until `stop` is set."""
        settings = self._shop.settings
        periods = (
            settings.renewal_s,
            settings.incremental_update_s,
            settings.recommender_training_s,
            settings.auto_training_delay_s,
        )
        every_s = min(one for one in periods if one)
        while not stop.wait(min(_LONGEST_PAUSE_S, every_s / 4)):
            try:
                self.look()
            except SQLAlchemyError:
                _LOG.exception("the schedule cannot reach the database; trying again")

    def look(self) -> None:
        """Ask for what is due, and forget what nobody will ask about any more."""
        for chore in self._chores:
            self._look(chore)
        with self._shop.stores.resources.transaction() as tx:
            self._shop.stores.shown.forget_before(tx, self._shop.clock() - _REMEMBERED)

    def _look(self, chore: Chore) -> None:
        try:
            chore.look()
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001  # the very last door: one chore must not stop all others
            _LOG.exception("%s cannot tell what is due; going on", type(chore).__name__)
