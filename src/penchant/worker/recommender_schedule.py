"""When recommenders are due: for another training, or for what came since to be taken in."""

from datetime import datetime, timedelta

from penchant.custom_recipes import catalogue_of
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.recommenders import is_updating
from penchant.domain.resources import Resource
from penchant.jobs.states import OPEN
from penchant.models.registry import RENEWERS
from penchant.worker.hearing import heard
from penchant.worker.recommending import RETRAIN
from penchant.worker.tasks import Workshop


class RecommenderSchedule:
    """Asks for the trainings and renewals of recommenders that are ACTIVE.

    Trainings are due at fixed periods counted from the recommender's creation, renewals as long
    after the last one. Neither is asked for where nothing came since.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._recipes = catalogue_of(workshop.settings)

    def look(self) -> None:
        """Ask for what is due."""
        for one in self._shop.stores.resources.every(Kind.RECOMMENDER):
            if one.status != statuses.ACTIVE or is_updating(one) or "triedAt" not in one.own:
                continue
            training, renewal = self._wants_training(one), self._wants_renewal(one)
            if training or renewal:
                self._ask_if_changed(one, training=training, renewal=renewal)

    def _ask_if_changed(self, one: Resource, *, training: bool, renewal: bool) -> None:
        told = heard(self._shop.stores, one.sent["datasetGroupArn"])
        if training and one.own["heard"] != told:
            self._ask(one, "recommend", {"to": RETRAIN})
        elif renewal and _renewal(one, "heard", one.own["heard"]) != told:
            self._ask(one, "renew-recommender", {"heard": told})

    def _wants_training(self, recommender: Resource) -> bool:
        """Whether a period has ended since the last training."""
        every = timedelta(seconds=self._shop.settings.recommender_training_s)
        if not every:
            return False
        n_periods = (self._shop.clock() - recommender.created_at) // every
        tried_at = datetime.fromisoformat(recommender.own["triedAt"])
        return tried_at < recommender.created_at + n_periods * every

    def _wants_renewal(self, recommender: Resource) -> bool:
        entry = self._recipes.find(recommender.sent["recipeArn"])
        every = timedelta(seconds=self._shop.settings.renewal_s)
        if entry is None or not entry.refreshes or entry.family not in RENEWERS or not every:
            return False
        last = _renewal(recommender, "at", recommender.own["triedAt"])
        return self._shop.clock() - datetime.fromisoformat(last) >= every

    def _ask(self, recommender: Resource, kind: str, payload: dict[str, str]) -> None:
        with self._shop.stores.resources.transaction() as tx:
            job = self._shop.queue.of(recommender.arn, tx)
            if job is None or job.state not in OPEN:
                self._shop.queue.enqueue(tx, kind, recommender.arn, payload)


def _renewal(recommender: Resource, name: str, otherwise: str) -> str:
    found: str = (recommender.own.get("renewal") or {}).get(name) or otherwise
    return found
