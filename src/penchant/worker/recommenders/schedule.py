"""When recommenders are due: for another training, or for what came since to be taken in."""

from datetime import datetime, timedelta

from penchant.custom_recipes import catalogue_of
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.renewals import next_at, renewal_of
from penchant.domain.resources import Resource
from penchant.domain.retries import pause
from penchant.domain.updates import is_updating
from penchant.jobs.kinds import JobKind
from penchant.models.registry import RENEWERS
from penchant.worker.recommenders.training import RETRAIN
from penchant.worker.renewal.hearing import heard
from penchant.worker.tasks import Workshop
from penchant.worker.training.learned_from import is_bereft


class RecommenderSchedule:
    """Asks for the trainings and renewals of recommenders that are ACTIVE.

    Trainings are due at fixed periods counted from the recommender's creation, renewals as long
    after the last one, both of them sooner where the last one failed. Neither is asked for where
    nothing came since, and no renewal once a dataset that was learned from is gone.
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
            self._shop.ask(JobKind.TRAIN_RECOMMENDER, one.arn, {"to": RETRAIN})
        elif renewal and (renewal_of(one).get("heard") or one.own["heard"]) != told:
            self._shop.ask(JobKind.RENEW_RECOMMENDER, one.arn, {"heard": told})

    def _wants_training(self, recommender: Resource) -> bool:
        """Whether a period has ended since the last training, or one that failed is due again."""
        every = timedelta(seconds=self._shop.settings.recommender_training_s)
        if not every:
            return False
        now, tried_at = self._shop.clock(), datetime.fromisoformat(recommender.own["triedAt"])
        n_failures = recommender.own.get("failures", 0)
        if n_failures and now >= tried_at + pause(n_failures, every):
            return True
        return tried_at < recommender.created_at + (now - recommender.created_at) // every * every

    def _wants_renewal(self, recommender: Resource) -> bool:
        entry = self._recipes.find(recommender.sent["recipeArn"])
        every = timedelta(seconds=self._shop.settings.renewal_s)
        if entry is None or not entry.refreshes or entry.family not in RENEWERS or not every:
            return False
        if is_bereft(self._shop.stores, recommender):
            return False
        tried_at = datetime.fromisoformat(recommender.own["triedAt"])
        return self._shop.clock() >= next_at(recommender, tried_at, every)
