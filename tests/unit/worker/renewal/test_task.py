import pytest

from penchant.domain.arns import Kind
from penchant.models.artifacts import read_artifact
from penchant.store.events import Event
from penchant.worker.importing import Import
from penchant.worker.renewal import task as updating
from penchant.worker.renewal.hearing import heard
from penchant.worker.renewal.task import Renew
from penchant.worker.training.task import Train

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"
QUICK = {"algorithmHyperParameters": {"hidden_dimension": "32", "bptt": "4"}}


@pytest.fixture
def group(yard):
    """40 users x 30 of 90 items."""
    arn = yard.dataset()
    rows = [f"u{u},i{(7 * u + n) % 90},{1_000 + n}\n" for u in range(40) for n in range(30)]
    path = yard.folder / "in" / "plays.csv"
    path.write_text("USER_ID,ITEM_ID,TIMESTAMP\n" + "".join(rows))
    source = {"dataLocation": f"file://{path}"}
    yard.put(
        Kind.DATASET_IMPORT_JOB,
        "monday",
        job="import",
        datasetArn=arn,
        dataSource=source,
        importMode="FULL",
    )
    yard.work("import", Import(yard.shop))
    return yard.get(arn).parent_arn


@pytest.fixture
def solution(yard, group):
    return yard.put(Kind.SOLUTION, "best", recipeArn=RECIPE, datasetGroupArn=group)


def train(yard, solution, name, mode):
    version = yard.put(
        Kind.SOLUTION_VERSION,
        f"best/{name}",
        job="train",
        parent_arn=solution,
        recipeArn=RECIPE,
        datasetGroupArn=yard.get(solution).sent["datasetGroupArn"],
        solutionConfig=QUICK,
        trainingMode=mode,
    )
    yard.work("train", Train(yard.shop))
    return yard.get(version)


def stream(yard, group, *events):
    numbered = [
        Event(user_id="new", timestamp=2_000 + n, event_id=f"{n}", **event)
        for n, event in enumerate(events)
    ]
    yard.shop.stores.events.append(group, numbered).result()


def renew(yard, version):
    told = heard(yard.shop.stores, version.sent["datasetGroupArn"])
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.queue.enqueue(tx, "renew", version.arn, {"heard": told})
    yard.work("renew", Renew(yard.shop))
    return yard.get(version.arn)


def test_a_renewal_and_an_update_take_in_what_is_new_and_leave_the_metrics(yard, group, solution):
    version = train(yard, solution, "1", "FULL")
    assert (version.status, version.failure_reason) == ("ACTIVE", "")
    assert version.own["heard"] == heard(yard.shop.stores, group)
    (dataset,) = yard.shop.stores.resources.children(group, Kind.DATASET)
    assert version.own["learnedFrom"] == {dataset.arn: dataset.created_at.isoformat()}
    serving = {"solutionVersionArn": version.arn, "artifact": version.own["artifact"]}
    campaign = yard.put(Kind.CAMPAIGN, "front", parent_arn=solution, own={"serving": serving})
    yard.shop.stores.shown.note("RID-1", ["i3", "i4"])
    yard.shop.stores.shown.close()
    stream(
        yard,
        group,
        {"item_id": "fresh"},
        {"item_id": "i1", "impression": ("i1", "i2")},
        {"item_id": "i3", "recommendation_id": "RID-1"},
        {"item_id": "i4", "recommendation_id": "RID-1"},
    )

    renewed = renew(yard, version)
    serving = yard.get(campaign).own["serving"]
    assert serving["artifact"] == renewed.own["renewal"]["artifact"] != version.own["artifact"]
    assert renewed.own["renewal"]["heard"] == heard(yard.shop.stores, group)
    assert (renewed.updated_at, renewed.status) == (version.updated_at, "ACTIVE")
    before = read_artifact(yard.folder / version.own["artifact"])
    after = read_artifact(yard.folder / serving["artifact"])
    assert before.items.index("fresh") < 0 <= after.items.index("fresh")
    assert (
        after.history("new").items.tolist()
        == after.items.indices(["fresh", "i1", "i3", "i4"]).tolist()
    )
    shown = {after.items.ids[place]: int(n) for place, n in enumerate(after.item_impressions) if n}
    assert shown == {"i2": 1, "i4": 1}
    assert after.meta["metrics"] == before.meta["metrics"] == version.own["metrics"]

    again = renew(yard, renewed)
    assert again.own["renewal"]["former"] == serving["artifact"]
    update = train(yard, solution, "2", "UPDATE")
    assert (update.status, update.failure_reason) == ("ACTIVE", "")
    assert update.own["metrics"] == version.own["metrics"]
    assert read_artifact(yard.folder / update.own["artifact"]).items.index("fresh") >= 0


def test_a_renewal_that_fails_leaves_what_answers(yard, group, solution):
    version = yard.put(
        Kind.SOLUTION_VERSION,
        "best/1",
        parent_arn=solution,
        own={"artifact": "artifacts/gone"},
        recipeArn=RECIPE,
        datasetGroupArn=group,
    )
    failed = renew(yard, yard.get(version))
    assert failed.status == "ACTIVE"
    assert failed.own["artifact"] == "artifacts/gone"
    assert failed.own["renewal"]["failures"] == 1
    assert "heard" not in failed.own["renewal"]


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_renewal_changes_nothing_once_a_dataset_that_was_learned_from_is_gone(
    yard, group, solution, monkeypatch, when
):
    resources = yard.shop.stores.resources
    (dataset,) = resources.children(group, Kind.DATASET)
    version = yard.put(
        Kind.SOLUTION_VERSION,
        "best/1",
        parent_arn=solution,
        own={"artifact": "trained", "learnedFrom": {dataset.arn: dataset.created_at.isoformat()}},
        recipeArn=RECIPE,
        datasetGroupArn=group,
    )

    def delete(*_):
        with resources.transaction() as tx:
            resources.remove(tx, dataset.arn)
        return "renewed", {}

    monkeypatch.setattr(updating, "make_artifact", delete)
    if when == "before":
        delete()
    assert "renewal" not in renew(yard, yard.get(version)).own
    discarded = yard.shop.queue.of(version).payload.get("paths")
    assert discarded == (["renewed"] if when == "meanwhile" else None)


def test_an_update_without_a_full_training_fails_with_the_next_step(yard, group, solution):
    version = train(yard, solution, "1", "UPDATE")
    assert version.status == "CREATE FAILED"
    assert "create one with trainingMode FULL first" in version.failure_reason
