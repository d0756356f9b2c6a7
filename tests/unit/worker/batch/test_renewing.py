"""What a batch job's version takes in before lines are answered."""

from dataclasses import replace

import pytest

from penchant.domain.arns import Kind
from penchant.domain.versions import present_artifact
from penchant.jobs.queue import LeaseLost
from penchant.store.events import Event
from penchant.worker.batch.renewing import take_in_news
from penchant.worker.batch.task import Batch
from penchant.worker.renewal import task as updating
from penchant.worker.renewal.hearing import heard
from penchant.worker.tasks import TaskFailure

from .shelf import Shelf

RECIPE = "arn:aws:personalize:::recipe/aws-"


class Renewing:
    """A version and a job over it; renewals give an artifact without a training process."""

    def __init__(self, yard, monkeypatch):
        self.yard = yard
        self.group = yard.get(yard.dataset()).parent_arn
        self.orders = []
        self.failure = None
        self.made = "artifacts/renewed"
        monkeypatch.setattr(updating, "make_artifact", self._make)

    def _make(self, settings, job, order, report):
        self.orders.append(order)
        if self.failure:
            raise self.failure
        return self.made, {}

    def version(self, recipe="user-personalization", **sent):
        arn = self.yard.put(
            Kind.SOLUTION_VERSION,
            "best/1",
            parent_arn="solution",
            own={
                "artifact": "artifacts/trained",
                "heard": heard(self.yard.shop.stores, self.group),
            },
            recipeArn=RECIPE + recipe,
            datasetGroupArn=self.group,
            **sent,
        )
        return self.yard.get(arn)

    def hear(self):
        event = Event(user_id="u1", item_id="i1", timestamp=1)
        self.yard.shop.stores.events.append(self.group, [event]).result()

    def artifact(self, version):
        arn = self.yard.put(Kind.BATCH_INFERENCE_JOB, "nightly", job="batch")
        job = self.yard.shop.queue.of(arn)
        found = take_in_news(self.yard.shop, job, version, lambda step: None)
        return present_artifact(found)


@pytest.fixture
def renewing(yard, monkeypatch):
    return Renewing(yard, monkeypatch)


def test_a_version_takes_in_what_came_since_even_where_no_campaign_has_it(renewing):
    version = renewing.version()
    renewing.hear()
    assert renewing.artifact(version) == "artifacts/renewed"
    assert renewing.orders == [{"do": "renew", "version_arn": version.arn}]
    kept = renewing.yard.get(version.arn).own["renewal"]
    assert kept["heard"] == heard(renewing.yard.shop.stores, renewing.group)


def test_a_version_that_has_heard_of_everything_stays(renewing):
    assert renewing.artifact(renewing.version()) == "artifacts/trained"
    assert renewing.orders == []


@pytest.mark.parametrize(("recipe", "mode"), [("sims", "FULL"), ("user-personalization", "UPDATE")])
def test_a_version_that_is_never_renewed_stays(renewing, recipe, mode):
    version = renewing.version(recipe, trainingMode=mode)
    renewing.hear()
    assert renewing.artifact(version) == "artifacts/trained"


def test_a_renewal_that_fails_is_logged_and_the_job_goes_on(renewing, caplog):
    version = renewing.version()
    renewing.hear()
    renewing.failure = TaskFailure("too little")
    assert renewing.artifact(version) == "artifacts/trained"
    assert "best/1 is not renewed for " in caplog.text
    assert "too little" in caplog.text


@pytest.fixture
def tried(renewing, monkeypatch):
    """A job over ten lines, whose tries end as killed where they are told; and who renewed."""
    shelf = Shelf(renewing.yard, renewing.group)
    (shelf.yard.folder / "in" / "out").mkdir()
    version = shelf.version("aws-popularity-count")
    shelf.job(version, {"a": [{"userId": f"u{n}"} for n in range(10)]}, numResults=1)
    renewals = []

    def renew(shop, job, version, report):
        renewals.append(job.attempts)
        report({"stage": "renewing"})
        return version

    def attempt(until):
        def report(step):
            if until(step):
                raise LeaseLost("as if killed")

        job = shelf.yard.shop.queue.claim("doomed", lease_s=-1)
        with pytest.raises(LeaseLost):
            Batch(shelf.yard.shop, lines_per_part=3).do(job, report)
        return list(renewals)

    monkeypatch.setattr("penchant.worker.batch.task.take_in_news", renew)
    return attempt


def test_a_try_renews_again_where_the_one_before_answered_nothing(tried):
    assert tried(lambda step: step["stage"] == "renewing") == [1]
    assert tried(lambda step: step.get("rows")) == [1, 2]


def test_a_try_that_goes_on_with_answers_does_not_renew(tried):
    assert tried(lambda step: step.get("rows", 0) >= 3) == [1]
    assert tried(lambda step: step.get("rows", 0) == 10) == [1]


def test_what_an_earlier_try_renewed_is_kept_whatever_came_since(renewing):
    version = renewing.version()
    renewing.hear()
    arn = renewing.yard.put(Kind.BATCH_INFERENCE_JOB, "nightly", job="batch")
    job = renewing.yard.shop.queue.of(arn)
    renewing.made = f"artifacts/{job.id}-1"
    first = take_in_news(renewing.yard.shop, job, version, lambda step: None)
    renewing.hear()
    again = take_in_news(renewing.yard.shop, replace(job, attempts=2), first, lambda step: None)
    assert present_artifact(again) == f"artifacts/{job.id}-1"
    assert len(renewing.orders) == 1
