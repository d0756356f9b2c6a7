from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from penchant.domain.arns import Kind
from penchant.domain.resources import utc_now
from penchant.models.artifacts import read_artifact
from penchant.store.events import Event
from penchant.worker.importing import Import
from penchant.worker.training.learning import learn
from penchant.worker.training.task import Train

RECIPE = "arn:aws:personalize:::recipe/aws-popularity-count"


@pytest.fixture
def dataset(yard):
    """40 users x 30 of 90 items; item i7 is everybody's."""
    arn = yard.dataset()
    rows = [
        (f"u{u}", f"i{(7 * u + n) % 90 if n else 7}", 1_000 + n)
        for u in range(40)
        for n in range(30)
    ]
    text = "USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(",".join(map(str, row)) for row in rows)
    path = yard.folder / "in" / "plays.csv"
    path.write_text(text)
    yard.put(
        Kind.DATASET_IMPORT_JOB,
        "monday",
        job="import",
        datasetArn=arn,
        dataSource={"dataLocation": f"file://{path}"},
        importMode="FULL",
    )
    yard.work("import", Import(yard.shop))
    return arn


def train(yard, dataset, name="best/00000001", **sent):
    version = yard.put(
        Kind.SOLUTION_VERSION,
        name,
        job="train",
        datasetGroupArn=yard.get(dataset).parent_arn,
        **{"recipeArn": RECIPE, **sent},
    )
    yard.work("train", Train(yard.shop))
    return yard.get(version)


def test_a_training_leaves_metrics_a_leaderboard_and_an_artifact(yard, dataset):
    version = train(yard, dataset)
    assert (version.status, version.failure_reason) == ("ACTIVE", "")
    assert 0 < version.own["metrics"]["coverage"] <= 1
    assert version.own["trainingHours"] > 0
    names = [row["name"] for row in version.own["leaderboard"]]
    assert names[0] == "aws-popularity-count"
    assert {"popularity", "recent popularity", "item-item"} <= set(names)
    artifact = read_artifact(yard.folder / version.own["artifact"])
    assert artifact.items.ids[int(artifact.item_counts.argmax())] == "i7"
    assert artifact.test_rows() is not None


def test_streamed_events_are_learned_from(yard, dataset):
    group = yard.get(dataset).parent_arn
    events = [
        Event(user_id=f"new{n}", item_id="fresh", timestamp=2_000, event_id=str(n))
        for n in range(60)
    ]
    yard.shop.stores.events.append(group, events).result()
    artifact = read_artifact(yard.folder / train(yard, dataset).own["artifact"])
    assert artifact.items.ids[int(artifact.item_counts.argmax())] == "fresh"


def test_events_on_no_item_are_passed_over(yard, dataset):
    group = yard.get(dataset).parent_arn
    events = [
        Event(user_id=f"new{n}", item_id="", timestamp=2_000, event_id=str(n)) for n in range(60)
    ]
    yard.shop.stores.events.append(group, events).result()
    artifact = read_artifact(yard.folder / train(yard, dataset).own["artifact"])
    assert "" not in artifact.items.ids


def test_too_little_data_fails_with_the_service_s_words(yard, dataset):
    version = train(yard, dataset, eventType="watch")
    assert version.status == "CREATE FAILED"
    assert version.failure_reason == (
        "All values in the event_type column are either reserved keywords or null"
    )
    assert not list((yard.folder / "artifacts").glob("*"))


def test_a_group_without_interactions_says_what_to_do(yard):
    group = yard.put(Kind.DATASET_GROUP, "empty")
    version = yard.put(
        Kind.SOLUTION_VERSION, "best/1", job="train", recipeArn=RECIPE, datasetGroupArn=group
    )
    yard.work("train", Train(yard.shop))
    assert "has no interactions dataset; create one" in yard.get(version).failure_reason


def test_a_process_that_dies_is_told_by_its_status(yard, dataset, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    version = train(yard, dataset)
    assert version.status == "CREATE FAILED"
    assert "The training process ended with status 1" in version.failure_reason


def test_a_training_can_be_stopped_and_tells_how_long_it_went_on(yard, dataset):
    version = yard.put(
        Kind.SOLUTION_VERSION,
        "best/1",
        job="train",
        recipeArn=RECIPE,
        datasetGroupArn=yard.get(dataset).parent_arn,
    )

    class Stopped(Train):
        def do(self, job, report):
            with yard.shop.stores.resources.transaction() as tx:
                yard.shop.queue.request_stop(tx, version)
                yard.shop.mark(tx, version, "CREATE STOPPING")
            return super().do(job, report)

    later = replace(yard.shop, clock=lambda: utc_now() + timedelta(hours=2))
    yard.work("train", Stopped(later))
    assert yard.get(version).status == "CREATE STOPPED"
    assert yard.get(version).own["trainingHours"] == pytest.approx(2, abs=0.1)
    assert not list((yard.folder / "artifacts").glob("*"))


def learned(yard, dataset, recipe):
    """What learning in this process gives, and the artifact."""
    group, arn = yard.get(dataset).parent_arn, f"arn:aws:personalize:::recipe/{recipe}"
    version = yard.put(Kind.SOLUTION_VERSION, "best/1", recipeArn=arn, datasetGroupArn=group)
    shop = yard.shop
    outcome = learn(shop.stores, shop.settings, version, "artifacts/1", lambda step: None)
    return outcome, read_artifact(yard.folder / "artifacts/1")


def test_trending_is_judged_by_what_grew_next(yard, dataset):
    outcome, _ = learned(yard, dataset, "aws-trending-now")
    assert 0 <= outcome["metrics"]["trend_prediction_accuracy"] <= 1
    rows = {row["name"]: row["service"] for row in outcome["leaderboard"]}
    assert "trend_prediction_accuracy" in rows["popularity"]
    assert "trend_prediction_accuracy" not in rows["item-item"]


def test_segments_are_judged_by_the_users_found(yard, dataset):
    outcome, artifact = learned(yard, dataset, "aws-item-affinity")
    assert set(outcome["metrics"]) == {"coverage", "hits_at_1_percent", "recall_at_1_percent"}
    names = [row["name"] for row in outcome["leaderboard"]]
    assert names == ["aws-item-affinity", "active users", "had it", "users of popular items"]
    assert artifact.model.score_users(np.array([0], np.int32)).shape == (1, 40)
    assert artifact.test_rows()["compared"].all()


def test_attribute_affinity_without_attributes_fails_with_what_to_do(yard, dataset):
    with pytest.raises(ValueError, match="needs an Items dataset with a categorical or numeric"):
        learned(yard, dataset, "aws-item-attribute-affinity")
