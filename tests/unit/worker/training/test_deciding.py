"""What a training decides before it learns, on resources as the service writes them."""

import pytest

from penchant.domain.arns import Kind
from penchant.models.artifacts import read_artifact
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity
from penchant.recipes.sims import Sims
from penchant.store.events import Event
from penchant.worker.training.deciding import decide, weights
from penchant.worker.training.learning import learn

from .test_tuning import groups

RECIPE = "arn:aws:personalize:::recipe/"
POPULAR, TRENDING, SIMS = (
    f"{RECIPE}{name}" for name in ("aws-popularity-count", "aws-trending-now", "aws-sims")
)
TINY = {"hpoConfig": {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "3"}}}


def version(yard, name="best/1", group="shop", **sent):
    arn = yard.put(Kind.SOLUTION_VERSION, name, datasetGroupArn=group, **sent)
    return yard.get(arn)


def decided(yard, *told, **sent):
    return decide(version(yard, **sent), groups(), yard.shop.settings, *(told or (silent, silent)))


def test_a_named_recipe_is_learned_as_it_was_configured(yard):
    found = decided(
        yard,
        recipeArn=SIMS,
        solutionConfig={"algorithmHyperParameters": {"min_cointeraction_count": "5"}},
    )
    assert found.recipe == Sims(min_cointeraction_count=5)
    assert found.notes == {}


def test_what_tuning_found_is_learned_with_and_noted(yard):
    found = decided(yard, recipeArn=SIMS, performHPO=True, solutionConfig=TINY)
    best = found.notes["tunedHPOParams"]["algorithmHyperParameters"]
    assert found.recipe == Sims.from_parameters(best, {})
    assert len(found.notes["trials"]) == 3


def test_what_was_chosen_is_learned_and_noted(yard):
    config = {"autoMLConfig": {"recipeList": [POPULAR, TRENDING]}, "hpoConfig": {"not": "read"}}
    found = decided(yard, performAutoML=True, solutionConfig=config)
    assert found.notes["recipeArn"] == found.entry.arn
    choice = found.notes["choice"]
    assert choice["metricName"] == "normalized_discounted_cumulative_gain_at_10"
    assert choice["split"]["testUsers"] > 20
    assert {row["name"] for row in choice["leaderboard"]} > {"item-item", "aws-trending-now"}


def test_a_chosen_recipe_without_anything_to_tune_is_left_as_it_is(yard):
    config = {"autoMLConfig": {"recipeList": [POPULAR]}}
    found = decided(yard, performAutoML=True, performHPO=True, solutionConfig=config)
    assert isinstance(found.recipe, Popularity)
    assert "tunedHPOParams" not in found.notes


def test_the_time_of_choosing_and_tuning_is_reckoned_in_trainings(yard):
    settings = yard.shop.settings
    assert weights(version(yard, recipeArn=SIMS), settings) == (0, 0)
    tuning = version(yard, "best/2", recipeArn=SIMS, performHPO=True)
    assert weights(tuning, settings) == (0, pytest.approx(6.0))
    config = {"autoMLConfig": {"recipeList": [POPULAR, TRENDING]}}
    choosing = version(yard, "best/3", performAutoML=True, solutionConfig=config)
    assert weights(choosing, settings) == (2, 0)


@pytest.fixture
def group(yard):
    """A dataset group whose interactions, 1 000 in six groups of items, came as events."""
    group = yard.get(yard.dataset()).parent_arn
    data = groups(125)
    rows = zip(data.user_indices, data.item_indices, data.timestamps, strict=True)
    events = [
        Event(user_id=f"u{u}", item_id=f"i{i}", timestamp=int(t), event_id=str(t))
        for u, i, t in rows
    ]
    yard.shop.stores.events.append(group, events).result()
    return group


def test_a_training_chooses_tunes_judges_and_tells_how_far_it_is(yard, group):
    config = {"autoMLConfig": {"recipeList": [POPULAR, TRENDING]}}
    arn = version(yard, group=group, performAutoML=True, solutionConfig=config).arn
    told = []
    outcome = learn(yard.shop.stores, yard.shop.settings, arn, "artifacts/1", told.append)
    assert outcome["recipeArn"] in (POPULAR, TRENDING)
    assert outcome["leaderboard"][0]["name"] == outcome["recipeArn"].removeprefix(RECIPE)
    assert 0 < outcome["metrics"]["coverage"] <= 1
    artifact = read_artifact(yard.folder / "artifacts/1")
    assert artifact.meta["recipeArn"] == outcome["recipeArn"]
    shares = [step["done"] for step in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 0.95)


def test_a_tuned_training_answers_with_what_tuning_found(yard, group):
    sent = {"recipeArn": SIMS, "performHPO": True, "solutionConfig": TINY}
    arn = version(yard, group=group, **sent).arn
    outcome = learn(yard.shop.stores, yard.shop.settings, arn, "artifacts/1", lambda step: None)
    best = outcome["tunedHPOParams"]["algorithmHyperParameters"]
    assert set(best) == {"min_cointeraction_count", "popularity_discount_factor"}
    assert best in [one["setting"] for one in outcome["trials"]]
    assert outcome["metrics"]["mean_reciprocal_rank_at_25"] > 0.1
    assert "recipeArn" not in outcome
