"""Recipes that others wrote: listed, trained, deployed, answered, stopped."""

import time
from pathlib import Path

import pytest

from ..waiting import until

EXAMPLES = Path(__file__).parents[2] / "examples"
FAILING = """
[[recipe]]
name = "failing"
command = ["sh", "-c", "echo out of luck > $SM_OUTPUT_DIR/failure; exit 2"]

[[recipe]]
name = "endless"
command = ["sh", "-c", "echo $$ > PID; exec sleep 300"]
"""
FRONT = "arn:aws:personalize:::recipe/"


@pytest.fixture(scope="module")
def workshop(fresh, tmp_path_factory):
    """An installation with the example package, the example command, and two that fail."""
    folder = tmp_path_factory.mktemp("recipes")
    info = folder / "site" / "penchant_transitions-1.0.dist-info"
    info.mkdir(parents=True)
    package = EXAMPLES / "custom_recipe_entry_point" / "penchant_transitions"
    (folder / "site" / "penchant_transitions").symlink_to(package)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: transitions\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[penchant.recipes]\ntransitions = penchant_transitions:ENTRY\n"
    )
    others = folder / "others.toml"
    others.write_text(FAILING.replace("PID", str(folder / "pid")))
    example = EXAMPLES / "custom_recipe_command" / "recipes.toml"
    installation = fresh()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(folder / "site"))
        installation.up(custom_recipes=f"{example}:{others}")
    group, dataset = installation.dataset()
    installation.settled(installation.bring_in(dataset, installation.upload()))
    tracker = installation.client("personalize").create_event_tracker(
        name="web", datasetGroupArn=group
    )
    return installation, group, folder, tracker["trackingId"]


def test_they_are_listed_and_described(workshop):
    shop = workshop[0]
    personalize = shop.client("personalize")
    names = [recipe["name"] for recipe in personalize.list_recipes()["recipes"]]
    assert names[-4:] == ["transitions", "shop-factors", "failing", "endless"]
    recipe = personalize.describe_recipe(recipeArn=f"{FRONT}shop-factors")["recipe"]
    algorithm = personalize.describe_algorithm(algorithmArn=recipe["algorithmArn"])["algorithm"]
    assert algorithm["defaultHyperParameters"]["dimension"] == "16"


@pytest.mark.parametrize(
    ("recipe", "parameters"), [("transitions", {"window": "2"}), ("shop-factors", {})]
)
def test_they_are_trained_deployed_and_answer_and_events_turn_them(workshop, recipe, parameters):
    shop, group, _, tracking_id = workshop
    version = shop.train(group, recipe, algorithmHyperParameters=parameters)
    shop.settled(version)
    metrics = shop.client("personalize").get_solution_metrics(solutionVersionArn=version)
    assert metrics["metrics"]["mean_reciprocal_rank_at_25"] > 0.05
    campaign = shop.deploy(version)
    shop.settled(campaign)
    first = answer(shop, campaign, f"new-{recipe}")
    shop.client("personalize-events").put_events(
        trackingId=tracking_id,
        userId=f"new-{recipe}",
        sessionId="s",
        eventList=[{"eventType": "watch", "itemId": "c07-2", "sentAt": int(time.time())}],
    )
    turned = answer(shop, campaign, f"new-{recipe}")
    assert first != turned
    if recipe == "transitions":
        assert turned[0] == "c07-3"


def test_why_a_program_failed_is_told(workshop):
    shop, group, _, _ = workshop
    version = shop.wait(shop.train(group, "failing"))
    assert version["status"] == "CREATE FAILED"
    reason = version["failureReason"]
    assert reason == "failing: the program ended with status 2: out of luck"


def test_a_hyper_parameter_out_of_range_is_refused_at_once(workshop):
    shop, group, _, _ = workshop
    with pytest.raises(shop.client("personalize").exceptions.InvalidInputException) as caught:
        shop.train(group, "shop-factors", "wrong", algorithmHyperParameters={"dimension": "999"})
    assert "dimension='999' is out of range; take 1 to 256" in str(caught.value)


def test_a_program_is_ended_when_its_training_is_stopped(workshop):
    shop, group, folder, _ = workshop
    version = shop.train(group, "endless")
    until((folder / "pid").exists)
    process = Path("/proc") / (folder / "pid").read_text().strip()
    assert process.exists()
    shop.client("personalize").stop_solution_version_creation(solutionVersionArn=version)
    assert shop.wait(version)["status"] == "CREATE STOPPED"
    until(lambda: not process.exists())


def test_a_recipe_of_the_preview_is_found_by_its_name_of_then(workshop):
    shop, group, _, _ = workshop
    personalize = shop.client("personalize")
    solution = personalize.create_solution(
        name="of-then", datasetGroupArn=group, recipeArn=f"{FRONT}popularity-baseline"
    )["solutionArn"]
    told = personalize.describe_solution(solutionArn=solution)["solution"]
    assert told["recipeArn"] == f"{FRONT}aws-popularity-count"
    assert (
        personalize.describe_recipe(recipeArn=f"{FRONT}awspersonalizehrnnmodel")["recipe"]["name"]
        == "aws-hrnn"
    )


def answer(shop, campaign, user):
    items = shop.client("personalize-runtime").get_recommendations(
        campaignArn=campaign, userId=user, numResults=5
    )["itemList"]
    return [item["itemId"] for item in items]
