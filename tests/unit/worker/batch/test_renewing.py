"""What a batch job's version takes in before lines are answered."""

import pytest

from penchant.domain.arns import Kind
from penchant.domain.versions import present_artifact
from penchant.store.events import Event
from penchant.worker import updating
from penchant.worker.batch.renewing import take_in_news
from penchant.worker.hearing import heard
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
        monkeypatch.setattr(updating, "make_artifact", self._make)

    def _make(self, settings, job, order, report):
        self.orders.append(order)
        if self.failure:
            raise self.failure
        return "artifacts/renewed", {}

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


def test_only_the_try_that_reads_the_input_renews(renewing, monkeypatch):
    shelf = Shelf(renewing.yard, renewing.group)
    (shelf.yard.folder / "in" / "out").mkdir()
    asked = []
    monkeypatch.setattr(
        "penchant.worker.batch.task.take_in_news",
        lambda shop, job, version, report: asked.append(version.arn) or version,
    )
    version = shelf.version("aws-popularity-count")
    arn = shelf.job(version, {"a": [{"userId": "u1"}]}, numResults=1)
    assert shelf.done(arn).status == "ACTIVE"
    assert asked == [version]
