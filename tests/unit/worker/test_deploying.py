import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind
from penchant.models.artifacts import write_artifact
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity
from penchant.worker.deploying import Deploy

RECIPE = "arn:aws:personalize:::recipe/aws-popularity-count"


def version(yard, name, solution=""):
    training_set = TrainingSet(
        users=Vocabulary(["u"]),
        items=Vocabulary(["a", "b"]),
        user_indices=np.zeros(2, np.int32),
        item_indices=np.array([0, 1], np.int32),
        timestamps=np.array([1, 2], np.int64),
        event_types=np.full(2, -1, np.int16),
        event_values=np.full(2, np.nan, np.float32),
    )
    write_artifact(
        yard.folder / "artifacts" / name,
        Popularity().fit(training_set, seed=0, progress=silent),
        training_set,
        recipe_arn=RECIPE,
        family="popularity",
        metrics={},
        leaderboard=[],
        max_history=10,
    )
    return yard.put(
        Kind.SOLUTION_VERSION,
        f"best/{name}",
        parent_arn=solution,
        own={"artifact": f"artifacts/{name}"},
        recipeArn=RECIPE,
        datasetGroupArn="arn:group",
    )


@pytest.fixture
def campaign(yard):
    arn = yard.put(
        Kind.CAMPAIGN,
        "front",
        job="deploy",
        solutionVersionArn=version(yard, "1"),
        campaignConfig={"enableMetadataWithRecommendations": False},
    )
    yard.work("deploy", Deploy(yard.shop))
    return arn


def update(yard, campaign, **members):
    own = {
        **yard.get(campaign).own,
        "update": {"status": "CREATE PENDING", "createdAt": "-", "updatedAt": "-", **members},
    }
    with yard.shop.stores.resources.transaction() as tx:
        held = yard.shop.stores.resources.held(tx, campaign)
        yard.shop.stores.resources.change(tx, held, yard.shop.clock(), own=own)
        yard.shop.queue.enqueue(tx, "deploy", campaign, {})
    yard.work("deploy", Deploy(yard.shop))
    return yard.get(campaign)


def test_a_campaign_answers_with_its_version_s_artifact(yard, campaign):
    made = yard.get(campaign)
    assert made.status == "ACTIVE"
    assert made.own["serving"] == {
        "solutionVersionArn": made.sent["solutionVersionArn"],
        "artifact": "artifacts/1",
        "recipeArn": RECIPE,
        "datasetGroupArn": "arn:group",
        "campaignConfig": {"enableMetadataWithRecommendations": False},
    }


def test_an_update_moves_what_is_served_and_what_is_shown(yard, campaign):
    second = version(yard, "2")
    made = update(yard, campaign, solutionVersionArn=second, minProvisionedTPS=3)
    assert made.status == "ACTIVE"
    assert made.own["serving"]["artifact"] == "artifacts/2"
    assert made.own["update"]["status"] == "ACTIVE"
    assert made.sent["solutionVersionArn"] == second
    assert made.sent["minProvisionedTPS"] == 3


def test_a_failed_update_leaves_the_campaign_as_it_was(yard, campaign):
    before = yard.get(campaign)
    made = update(yard, campaign, solutionVersionArn="arn:gone")
    assert made.status == "ACTIVE"
    assert made.sent == before.sent
    assert made.own["serving"] == before.own["serving"]
    assert made.own["update"]["status"] == "CREATE FAILED"
    assert made.own["update"]["failureReason"] == "arn:gone is not there any more."


def test_a_campaign_whose_artifact_is_broken_fails(yard):
    broken = version(yard, "3")
    (yard.folder / "artifacts" / "3" / "model.json").unlink()
    arn = yard.put(Kind.CAMPAIGN, "front", job="deploy", solutionVersionArn=broken)
    yard.work("deploy", Deploy(yard.shop))
    assert yard.get(arn).status == "CREATE FAILED"
    assert "model.json is missing" in yard.get(arn).failure_reason


def test_an_update_revives_a_campaign_that_had_failed(yard):
    arn = yard.put(Kind.CAMPAIGN, "front", job="deploy", solutionVersionArn="arn:gone")
    yard.work("deploy", Deploy(yard.shop))
    assert yard.get(arn).status == "CREATE FAILED"
    made = update(yard, arn, solutionVersionArn=version(yard, "4"))
    assert (made.status, made.failure_reason) == ("ACTIVE", "")


def test_a_damaged_model_is_told_with_what_to_do(yard):
    damaged = version(yard, "2")
    (yard.folder / "artifacts/2/model.json").write_bytes(b'{"a": "\xff')
    arn = yard.put(Kind.CAMPAIGN, "back", job="deploy", solutionVersionArn=damaged)
    yard.work("deploy", Deploy(yard.shop))
    assert yard.get(arn).status == "CREATE FAILED"
    assert f"The model of {damaged} is damaged" in yard.get(arn).failure_reason
    assert "create another solution version" in yard.get(arn).failure_reason


def following(yard, wanted):
    return yard.put(
        Kind.CAMPAIGN,
        "follower",
        job="deploy",
        parent_arn="arn:best",
        solutionVersionArn=wanted,
        campaignConfig={"syncWithLatestSolutionVersion": True},
    )


def test_what_came_during_a_deployment_is_deployed_next(yard):
    arn = following(yard, version(yard, "1", "arn:best"))
    second = version(yard, "2", "arn:best")
    yard.work("deploy", Deploy(yard.shop))
    made = yard.get(arn)
    assert made.status == "ACTIVE"
    assert made.own["update"]["solutionVersionArn"] == second
    yard.work("deploy", Deploy(yard.shop))
    made = yard.get(arn)
    assert made.sent["solutionVersionArn"] == made.own["serving"]["solutionVersionArn"] == second
    assert made.own["update"]["status"] == "ACTIVE"


def test_a_version_that_cannot_be_deployed_leaves_the_follower_as_it_was(yard):
    first = version(yard, "1", "arn:best")
    arn = following(yard, first)
    broken = version(yard, "2", "arn:best")
    (yard.folder / "artifacts" / "2" / "model.json").unlink()
    for _ in range(2):
        yard.work("deploy", Deploy(yard.shop))
    made = yard.get(arn)
    assert made.status == "ACTIVE"
    assert made.own["serving"]["solutionVersionArn"] == first
    update = made.own["update"]
    assert (update["solutionVersionArn"], update["status"]) == (broken, "CREATE FAILED")
