"""Recommenders are trained, started, stopped, updated and renewed by the real tasks."""

import json
from dataclasses import replace

import pytest

from penchant.domain.arns import Kind
from penchant.domain.resources import utc_now
from penchant.domain.updates import new_update
from penchant.models.artifacts import read_artifact
from penchant.store.events import Event
from penchant.worker.importing import Import
from penchant.worker.recommenders.switching import Switch
from penchant.worker.recommenders.training import Recommend
from penchant.worker.renewal.hearing import heard
from penchant.worker.renewal.task import Renew

from ..conftest import INTERACTIONS

FRONT = "arn:aws:personalize:::recipe/aws-ecomm-"
VIEWED, BOUGHT = f"{FRONT}popular-items-by-views", f"{FRONT}popular-items-by-purchases"
PERSONAL = f"{FRONT}recommended-for-you"
DEVICE = {"name": "DEVICE", "type": "string", "categorical": True}
EXPLORED = {"itemExplorationConfig": {"explorationWeight": "0.5"}}
PLAIN = {"trainingDataConfig": {"excludedDatasetColumns": {"Interactions": ["DEVICE"]}}}


@pytest.fixture
def group(yard):
    """40 users view 30 of 90 items; of three they buy one."""
    fields = [*INTERACTIONS["fields"], {"name": "EVENT_TYPE", "type": "string"}, DEVICE]
    schema = yard.put(Kind.SCHEMA, "visits", schema=json.dumps({**INTERACTIONS, "fields": fields}))
    group = yard.put(Kind.DATASET_GROUP, "shop", domain="ECOMMERCE")
    dataset = yard.put(
        Kind.DATASET,
        "shop/INTERACTIONS",
        parent_arn=group,
        schemaArn=schema,
        datasetType="Interactions",
    )
    kinds = ("view", "View", "purchase")
    rows = [
        f"u{u},i{(7 * u + n) % 90},{1_000 + n},{kinds[n % 3]},tablet"
        for u in range(40)
        for n in range(30)
    ]
    path = yard.folder / "in" / "visits.csv"
    path.write_text("\n".join(["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE", *rows]))
    source = {"dataLocation": f"file://{path}"}
    yard.put(
        Kind.DATASET_IMPORT_JOB,
        "monday",
        job="import",
        datasetArn=dataset,
        dataSource=source,
        importMode="FULL",
    )
    yard.work("import", Import(yard.shop))
    return group


@pytest.fixture
def create(yard, group):
    yard.shop = replace(yard.shop, settings=replace(yard.shop.settings, minimum_interactions=500))

    def made(recipe, name="front", config=None):
        arn = yard.put(
            Kind.RECOMMENDER,
            name,
            job="recommend",
            parent_arn=group,
            recipeArn=recipe,
            datasetGroupArn=group,
            **({} if config is None else {"recommenderConfig": config}),
        )
        yard.work("recommend", Recommend(yard.shop))
        return arn

    return made


def queue(yard, arn, kind, **payload):
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.queue.enqueue(tx, kind, arn, payload)


def change(yard, arn, status=None, **own):
    resources = yard.shop.stores.resources
    with resources.transaction() as tx:
        held = resources.held(tx, arn)
        resources.change(tx, held, utc_now(), status=status, own={**held.own, **own})


def ask_for_update(yard, arn, config):
    change(yard, arn, update=new_update(utc_now(), recommenderConfig=config))


def switch(yard, arn, to):
    queue(yard, arn, "switch-recommender", to=to)
    yard.work("switch-recommender", Switch(yard.shop))
    return yard.get(arn)


def train(yard, arn, to):
    queue(yard, arn, "recommend", to=to)
    yard.work("recommend", Recommend(yard.shop))
    return yard.get(arn)


def discarded(yard, arn):
    job = yard.shop.queue.of(arn)
    return job.payload["paths"] if job.kind == "discard" else []


def test_one_learns_from_its_events_alone_and_is_trained_anew_behind_its_answers(yard, create):
    arn = create(VIEWED, config=EXPLORED)
    found = yard.get(arn)
    assert (found.status, found.failure_reason) == ("ACTIVE", "")
    first = found.own["artifact"]
    counts = read_artifact(yard.folder / first).item_counts
    assert counts.sum() == 40 * 20
    assert 0 <= found.own["metrics"]["coverage"] <= 1
    assert found.own["serving"] == {
        "artifact": first,
        "recipeArn": VIEWED,
        "datasetGroupArn": found.parent_arn,
        "campaignConfig": EXPLORED,
        "eventType": "View",
    }

    again = train(yard, arn, "retrain")
    second = again.own["artifact"]
    assert again.own["serving"]["artifact"] == second != first
    assert (again.updated_at, again.status) == (found.updated_at, "ACTIVE")
    assert again.own["triedAt"] > found.own["triedAt"]
    assert again.own["former"] == first
    assert discarded(yard, arn) == []

    ask_for_update(yard, arn, PLAIN)
    third = train(yard, arn, "update")
    assert third.own["update"]["status"] == "ACTIVE"
    assert third.sent["recommenderConfig"] == third.own["serving"]["campaignConfig"] == PLAIN
    assert third.own["former"] == second
    assert discarded(yard, arn) == [first]


def test_too_few_of_its_events_are_told(yard, create):
    found = yard.get(create(BOUGHT))
    assert found.status == "CREATE FAILED"
    text = "Dataset has fewer than 500 interactions after filtering by event type: Purchase"
    assert text in found.failure_reason
    assert found.failure_reason.endswith("then call UpdateRecommender, which trains again.")
    assert "serving" not in found.own

    yard.shop = replace(yard.shop, settings=replace(yard.shop.settings, minimum_interactions=400))
    ask_for_update(yard, found.arn, {})
    again = train(yard, found.arn, "update")
    assert (again.status, again.failure_reason) == ("ACTIVE", "")
    assert again.own["update"]["status"] == "ACTIVE"


def trained(yard, name="front"):
    """A recommender whose artifact is not there."""
    artifact = {"artifact": "artifacts/none", "recipeArn": VIEWED}
    own = {"artifact": "artifacts/none", "serving": artifact, "triedAt": utc_now().isoformat()}
    return yard.put(
        Kind.RECOMMENDER, name, own=own, recipeArn=VIEWED, datasetGroupArn="arn:of:a:group"
    )


def fail(yard, arn, to):
    """What the worker does when a training has failed."""
    queue(yard, arn, "recommend", to=to)
    job, task = yard.shop.queue.of(arn), Recommend(yard.shop)
    with yard.shop.stores.resources.transaction() as tx:
        task.begin(tx, job)
        task.fail(tx, job, "too little data")
    return yard.get(arn)


def test_what_cannot_be_trained_again_answers_on(yard):
    arn = trained(yard)
    before = yard.get(arn)
    after = fail(yard, arn, "retrain")
    assert (after.status, after.failure_reason) == ("ACTIVE", "")
    assert after.own["serving"] == before.own["serving"]
    assert after.own["triedAt"] > before.own["triedAt"]
    assert after.own["failures"] == 1

    ask_for_update(yard, arn, PLAIN)
    failed = fail(yard, arn, "update")
    assert (failed.status, failed.own["serving"]) == ("ACTIVE", before.own["serving"])
    assert failed.own["update"]["status"] == "CREATE FAILED"
    assert failed.own["update"]["failureReason"] == "too little data"
    assert "recommenderConfig" not in failed.sent


def test_a_renewal_that_a_training_has_overtaken_is_dropped(yard):
    arn = trained(yard)
    queue(yard, arn, "renew-recommender", heard="this")
    with yard.shop.stores.resources.transaction() as tx:
        Renew(yard.shop)._publish(tx, yard.shop.queue.of(arn), "artifacts/9", "artifacts/older")
    assert "renewal" not in yard.get(arn).own
    assert discarded(yard, arn) == ["artifacts/9"]


def test_a_retraining_ends_when_its_recommender_is_stopped(yard):
    arn = trained(yard)
    change(yard, arn, "STOP PENDING")
    change(yard, arn, "INACTIVE")
    after = train(yard, arn, "retrain")
    assert (after.status, after.own["artifact"]) == ("INACTIVE", "artifacts/none")


def test_stopping_needs_no_model_and_starting_does(yard):
    arn = trained(yard)
    change(yard, arn, "STOP PENDING")
    assert switch(yard, arn, "stop").status == "INACTIVE"
    change(yard, arn, "START PENDING")
    found = switch(yard, arn, "start")
    assert found.status == "INACTIVE"
    assert f"The model of {arn} is damaged" in found.failure_reason


def test_what_was_deleted_is_left_alone(yard):
    arn = trained(yard)
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.stores.resources.remove(tx, arn)
    for kind, task in (
        ("recommend", Recommend(yard.shop)),
        ("switch-recommender", Switch(yard.shop)),
        ("renew-recommender", Renew(yard.shop)),
    ):
        queue(yard, arn, kind, to="stop", heard="")
        yard.work(kind, task)
    assert yard.shop.stores.resources.get(arn) is None


def test_a_personal_one_takes_in_new_items_stops_starts_and_changes_its_exploration(
    yard, create, group
):
    arn = create(PERSONAL)
    found = yard.get(arn)
    assert (found.status, found.failure_reason) == ("ACTIVE", "")
    first = found.own["artifact"]
    new = Event(user_id="u1", item_id="new", timestamp=2_000, event_type="View", event_id="e")
    yard.shop.stores.events.append(group, [new]).result()
    told = heard(yard.shop.stores, group)

    queue(yard, arn, "renew-recommender", heard=told)
    yard.work("renew-recommender", Renew(yard.shop))
    renewed = yard.get(arn)
    folder = renewed.own["serving"]["artifact"]
    assert folder == renewed.own["renewal"]["artifact"] != first
    assert (renewed.own["artifact"], renewed.own["renewal"]["heard"]) == (first, told)
    assert renewed.updated_at == found.updated_at
    assert read_artifact(yard.folder / folder).items.index("new") >= 0

    change(yard, arn, "STOP PENDING")
    assert switch(yard, arn, "stop").status == "INACTIVE"
    change(yard, arn, "START PENDING")
    assert switch(yard, arn, "start").status == "ACTIVE"

    ask_for_update(yard, arn, EXPLORED)
    updated = switch(yard, arn, "update")
    assert updated.own["update"]["status"] == "ACTIVE"
    assert updated.sent["recommenderConfig"] == EXPLORED
    assert updated.own["serving"]["campaignConfig"] == EXPLORED
    assert updated.own["serving"]["artifact"] == folder
