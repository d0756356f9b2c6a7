import pytest

from penchant.domain.errors import InvalidInputException

PERSONAL = "arn:aws:personalize:::recipe/aws-user-personalization"
POPULAR = "arn:aws:personalize:::recipe/aws-popularity-count"
BPTT = {"name": "bptt", "minValue": 2, "maxValue": 22}
RANGES = {
    "integerHyperParameterRanges": [BPTT],
    "continuousHyperParameterRanges": [],
    "categoricalHyperParameterRanges": [],
}


def create(desk, group="", **members):
    return desk.solutions.create_solution(
        desk.caller, name="best", dataset_group_arn=group or desk.group(), **members
    )["solutionArn"]


def described(desk, arn):
    return desk.solutions.describe_solution(desk.caller, solution_arn=arn)["solution"]


def version(desk, arn):
    return desk.versions.describe_solution_version(desk.caller, solution_version_arn=arn)[
        "solutionVersion"
    ]


def test_a_solution_that_tunes_shows_its_ranges_with_their_part(desk):
    config = {"hpoConfig": {"algorithmHyperParameterRanges": RANGES}}
    arn = create(desk, recipe_arn=PERSONAL, perform_hpo=True, solution_config=config)
    shown = described(desk, arn)["solutionConfig"]["hpoConfig"]["algorithmHyperParameterRanges"]
    assert shown["integerHyperParameterRanges"] == [{**BPTT, "name": "training.bptt"}]
    assert desk.stores.resources.get(arn).sent["solutionConfig"] == config


def test_a_version_shows_its_ranges_as_its_solution_does(desk):
    config = {"hpoConfig": {"algorithmHyperParameterRanges": RANGES}}
    arn = create(desk, recipe_arn=PERSONAL, perform_hpo=True, solution_config=config)
    shown = version(desk, desk.version(arn))["solutionConfig"]
    assert shown == described(desk, arn)["solutionConfig"]


def test_a_version_tells_what_tuning_found(desk):
    tuned = {"algorithmHyperParameters": {"bptt": "12"}}
    arn = desk.version(create(desk, recipe_arn=PERSONAL, perform_hpo=True))
    desk.settle(arn, tunedHPOParams=tuned)
    assert version(desk, arn)["tunedHPOParams"] == tuned
    assert version(desk, arn)["performHPO"] is True


@pytest.mark.parametrize(
    ("recipe", "config", "text"),
    [
        (POPULAR, {}, "hpoConfig: aws-popularity-count has no hyper-parameters that can be tuned"),
        (PERSONAL, {"hpoObjective": {"type": "Maximize"}}, "hpoObjective cannot be configured"),
        (PERSONAL, {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "99"}}, "'99'; give a whole"),
        (PERSONAL, {"algorithmHyperParameterRanges": {}}, "give all three lists, empty or not"),
    ],
)
def test_tuning_that_cannot_be_is_refused_at_once(desk, recipe, config, text):
    with pytest.raises(InvalidInputException, match=text):
        create(desk, recipe_arn=recipe, perform_hpo=True, solution_config={"hpoConfig": config})


def test_a_solution_that_chooses_names_no_recipe(desk):
    with pytest.raises(InvalidInputException, match="chooses the recipe itself; leave recipeArn"):
        create(desk, recipe_arn=PERSONAL, perform_auto_ml=True)


def test_what_to_choose_by_is_checked_at_once(desk):
    config = {"autoMLConfig": {"metricName": "accuracy"}}
    with pytest.raises(InvalidInputException, match=r"autoMLConfig: metricName 'accuracy' is none"):
        create(desk, perform_auto_ml=True, solution_config=config)


def test_a_choice_is_told_by_the_solution_and_the_version(desk):
    arn = create(desk, perform_auto_ml=True, solution_config={"eventValueThreshold": "unread"})
    assert described(desk, arn)["autoMLResult"] is None
    trained = desk.version(arn)
    assert "recipeArn" not in version(desk, trained)
    desk.settle(trained, recipeArn=POPULAR)
    assert described(desk, arn)["autoMLResult"] == {"bestRecipeArn": POPULAR}
    assert "recipeArn" not in described(desk, arn)


def test_the_newest_choice_counts(desk):
    arn = create(desk, perform_auto_ml=True)
    for recipe in (POPULAR, PERSONAL):
        desk.settle(desk.version(arn), recipeArn=recipe)
    desk.version(arn, active=False)
    assert described(desk, arn)["autoMLResult"] == {"bestRecipeArn": PERSONAL}


def test_a_named_recipe_has_no_result_of_choosing(desk):
    assert described(desk, create(desk, recipe_arn=PERSONAL))["autoMLResult"] is None


def test_a_solution_that_chooses_is_trained_in_full(desk):
    arn = create(desk, perform_auto_ml=True)
    with pytest.raises(InvalidInputException, match="a solution with performAutoML knows; use FUL"):
        desk.versions.create_solution_version(desk.caller, solution_arn=arn, training_mode="UPDATE")


def test_an_update_needs_a_full_training_to_go_on_from(desk):
    arn = create(desk, recipe_arn=PERSONAL)
    desk.version(arn, active=False)
    with pytest.raises(InvalidInputException, match="this solution has none, so create one first"):
        desk.versions.create_solution_version(desk.caller, solution_arn=arn, training_mode="UPDATE")
    desk.version(arn)
    updated = desk.versions.create_solution_version(
        desk.caller, solution_arn=arn, training_mode="UPDATE"
    )["solutionVersionArn"]
    assert version(desk, updated)["trainingMode"] == "UPDATE"


def test_semantic_similarity_alone_takes_in_new_items_by_itself(desk):
    semantic = "arn:aws:personalize:::recipe/aws-semantic-similarity"
    arn = create(desk, recipe_arn=semantic, perform_incremental_update=True)
    assert described(desk, arn)["performIncrementalUpdate"] is True
