from datetime import datetime

import pytest

from penchant.domain.errors import InvalidInputException, ResourceNotFoundException

RECIPE = "arn:aws:personalize:::recipe/{}"
WEEKLY = {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}}
DAILY = {"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}}
WATCHED = {"eventsConfig": {"eventParametersList": [{"eventType": "watch", "weight": 0.5}]}}


def create(desk, recipe="aws-user-personalization-v2", **members):
    return desk.solutions.create_solution(
        desk.caller,
        name="best",
        dataset_group_arn=desk.group(),
        recipe_arn=RECIPE.format(recipe),
        **members,
    )["solutionArn"]


def update(desk, arn, **members):
    return desk.solution_updates.update_solution(desk.caller, solution_arn=arn, **members)


def describe(desk, arn):
    return desk.solutions.describe_solution(desk.caller, solution_arn=arn)["solution"]


def test_switches_and_configuration_are_replaced_and_the_rest_stays(desk):
    kept = {"algorithmHyperParameters": {"apply_recency_bias": "true"}}
    arn = create(desk, solution_config={**kept, **WEEKLY})
    assert describe(desk, arn)["latestSolutionUpdate"] is None
    config = {**DAILY, **WATCHED}
    assert update(desk, arn, perform_auto_training=False, solution_update_config=config) == {
        "solutionArn": arn
    }
    solution = describe(desk, arn)
    assert solution["performAutoTraining"] is False
    assert solution["solutionConfig"] == {**kept, **config}
    assert solution["status"] == "ACTIVE"
    told = solution["latestSolutionUpdate"]
    assert told["status"] == "ACTIVE"
    assert told["performAutoTraining"] is False
    assert told["performIncrementalUpdate"] is None
    assert told["solutionUpdateConfig"] == config
    assert told["creationDateTime"] == told["lastUpdatedDateTime"] > solution["creationDateTime"]


def test_what_is_not_given_stays_as_it_is(desk):
    arn = create(desk, perform_auto_training=False)
    update(desk, arn)
    solution = describe(desk, arn)
    assert solution["performAutoTraining"] is False
    assert solution["solutionConfig"] == {}


def test_versions_are_made_as_the_solution_is_then(desk):
    arn = create(desk)
    old = desk.version(arn)
    update(desk, arn, solution_update_config=WATCHED)
    new = desk.version(arn)
    configs = [desk.stores.resources.get(one).sent.get("solutionConfig") for one in (old, new)]
    assert configs == [None, WATCHED]


@pytest.mark.parametrize(
    ("recipe", "members", "text"),
    [
        (
            "aws-sims",
            {"perform_incremental_update": True},
            "belongs to aws-semantic-similarity; leave it out for aws-sims",
        ),
        (
            "aws-sims",
            {"solution_update_config": WATCHED},
            "eventsConfig is nothing that aws-sims can follow",
        ),
        (
            "aws-user-personalization-v2",
            {"solution_update_config": {"eventsConfig": {"eventParametersList": []}}},
            "needs at least one entry",
        ),
        (
            "aws-sims",
            {
                "solution_update_config": {
                    "autoTrainingConfig": {"schedulingExpression": "rate(31 days)"}
                }
            },
            "give 1 to 30 days",
        ),
    ],
)
def test_what_the_recipe_cannot_follow_is_refused(desk, recipe, members, text):
    arn = create(desk, recipe)
    with pytest.raises(InvalidInputException, match=text):
        update(desk, arn, **members)
    assert describe(desk, arn)["latestSolutionUpdate"] is None


def test_events_are_chosen_in_one_way_only(desk):
    arn = create(desk, event_type="watch")
    with pytest.raises(InvalidInputException, match="both say which events to learn from"):
        update(desk, arn, solution_update_config=WATCHED)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"perform_incremental_update": True}, "performIncrementalUpdate=true is nothing for"),
        ({"solution_update_config": WATCHED}, "eventsConfig is nothing for"),
    ],
)
def test_a_solution_that_chooses_its_recipe_takes_a_schedule_alone(desk, members, text):
    arn = desk.solutions.create_solution(
        desk.caller, name="best", dataset_group_arn=desk.group(), perform_auto_ml=True
    )["solutionArn"]
    with pytest.raises(InvalidInputException, match=text):
        update(desk, arn, **members)
    update(desk, arn, solution_update_config=DAILY)


def test_incremental_updates_can_be_turned_on_for_the_recipe_that_has_them(desk):
    arn = create(desk, "aws-semantic-similarity")
    update(desk, arn, perform_incremental_update=True)
    assert describe(desk, arn)["performIncrementalUpdate"] is True


def test_when_automatic_training_was_turned_on_is_kept(desk):
    arn = create(desk, perform_auto_training=False)
    update(desk, arn, perform_auto_training=True)
    own = desk.stores.resources.get(arn).own
    told = describe(desk, arn)["latestSolutionUpdate"]
    assert datetime.fromisoformat(own["trainsSince"]) == told["creationDateTime"]
    update(desk, arn, perform_auto_training=True)
    assert desk.stores.resources.get(arn).own["trainsSince"] == own["trainsSince"]


def test_what_is_not_there_is_not_found(desk):
    arn = create(desk)
    with pytest.raises(ResourceNotFoundException, match="solution/none does not exist"):
        update(desk, arn.replace("best", "none"))
    with pytest.raises(InvalidInputException, match="give that of a solution"):
        update(desk, desk.version(arn))
