import pytest

from penchant.domain.arns import Owner
from penchant.domain.callers import Caller
from penchant.domain.errors import (
    InvalidInputException,
    ResourceInUseException,
    ResourceNotFoundException,
)

PERSONAL = "arn:aws:personalize:::recipe/aws-user-personalization"


def create(desk, **members):
    members = {"name": "best", "recipe_arn": PERSONAL, **members}
    group = members.pop("dataset_group_arn", None) or desk.group()
    return desk.solutions.create_solution(desk.caller, dataset_group_arn=group, **members)


def test_a_solution_is_active_at_once_and_echoes_its_configuration(desk):
    config = {"algorithmHyperParameters": {"bptt": "8"}}
    arn = create(desk, solution_config=config, perform_hpo=False)["solutionArn"]
    solution = desk.solutions.describe_solution(desk.caller, solution_arn=arn)["solution"]
    assert solution["status"] == "ACTIVE"
    assert solution["solutionConfig"] == config
    assert solution["performHPO"] is False
    assert "performIncrementalUpdate" not in solution
    assert solution["latestSolutionVersion"] is None


def test_a_group_of_a_domain_takes_no_recipe_for_actions(desk):
    recipe = "arn:aws:personalize:::recipe/aws-next-best-action"
    text = "aws-next-best-action recommends actions, and .*/shop is of the domain ECOMMERCE, which"
    with pytest.raises(InvalidInputException, match=text):
        create(desk, recipe_arn=recipe, dataset_group_arn=desk.group(domain="ECOMMERCE"))
    assert create(desk, recipe_arn=recipe, dataset_group_arn=desk.group("other"))


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"recipe_arn": None}, "recipeArn is missing"),
        ({"perform_incremental_update": True}, "belongs to aws-semantic-similarity; leave it out"),
        ({"solution_config": {"algorithmHyperParameters": {"bptt": "99"}}}, "bptt='99' is out of"),
        ({"solution_config": {"algorithmHyperParameters": {"depth": "9"}}}, "'depth'"),
        (
            {"solution_config": {"featureTransformationParameters": {"depth": "9"}}},
            "featureTransformationParameters of aws-user-personalization",
        ),
        ({"solution_config": {"eventValueThreshold": "high"}}, "'high' is not a number"),
        ({"solution_config": {"eventValueThreshold": "nan"}}, "'nan' is not a number"),
        ({"solution_config": {"eventValueThreshold": "-inf"}}, "'-inf' is not a number"),
        (
            {"solution_config": {"trainingDataConfig": {"excludedDatasetColumns": {"Cars": []}}}},
            "excludedDatasetColumns: 'Cars' is not a dataset type; use one of Interactions",
        ),
        (
            {
                "solution_config": {
                    "trainingDataConfig": {
                        "excludedDatasetColumns": {"INTERACTIONS": ["event_type"]}
                    }
                }
            },
            "EVENT_TYPE of Interactions cannot be excluded",
        ),
    ],
)
def test_a_configuration_that_cannot_be_trained_is_refused_at_once(desk, members, text):
    with pytest.raises(InvalidInputException, match=text):
        create(desk, **members)


def test_an_unknown_recipe_is_not_found(desk):
    with pytest.raises(ResourceNotFoundException, match="recipe/aws-magic does not exist"):
        create(desk, recipe_arn="arn:aws:personalize:::recipe/aws-magic")


def test_the_newest_version_is_shown(desk):
    arn = create(desk)["solutionArn"]
    desk.version(arn)
    newest = desk.version(arn, active=False)
    solution = desk.solutions.describe_solution(desk.caller, solution_arn=arn)["solution"]
    assert solution["latestSolutionVersion"]["solutionVersionArn"] == newest
    assert solution["latestSolutionVersion"]["status"] == "CREATE PENDING"


def test_a_solution_with_a_campaign_stays(desk):
    arn = create(desk)["solutionArn"]
    campaign = desk.campaign(desk.version(arn))
    with pytest.raises(ResourceInUseException, match=f"in use by {campaign}"):
        desk.solutions.delete_solution(desk.caller, solution_arn=arn)


def test_a_solution_that_trains_stays(desk):
    arn = create(desk)["solutionArn"]
    desk.version(arn, active=False)
    with pytest.raises(ResourceInUseException, match="CREATE PENDING; it can be deleted once"):
        desk.solutions.delete_solution(desk.caller, solution_arn=arn)


def test_deleting_takes_the_versions_and_their_artifacts_along(desk):
    arn = create(desk)["solutionArn"]
    version = desk.version(arn)
    desk.solutions.delete_solution(desk.caller, solution_arn=arn)
    assert desk.stores.resources.get(version) is None
    assert desk.queue.of(version).payload == {"paths": ["artifacts/1"]}


def test_columns_to_include_are_not_passed_over_in_silence(desk):
    config = {"trainingDataConfig": {"includedDatasetColumns": {"ITEMS": ["GENRES"]}}}
    with pytest.raises(InvalidInputException, match="belongs to aws-semantic-similarity"):
        create(desk, solution_config=config)


def test_a_region_of_another_partition_has_arns_of_its_own(desk):
    caller = Caller("AKIDEXAMPLE", Owner("111111111111", "cn-north-1"))
    recipe = "arn:aws-cn:personalize:::recipe/aws-sims"
    group = desk.groups.create_dataset_group(caller, name="shop")["datasetGroupArn"]
    assert group == "arn:aws-cn:personalize:cn-north-1:111111111111:dataset-group/shop"
    arn = desk.solutions.create_solution(
        caller, name="best", dataset_group_arn=group, recipe_arn=recipe
    )["solutionArn"]
    assert arn == "arn:aws-cn:personalize:cn-north-1:111111111111:solution/best"
    described = desk.solutions.describe_solution(caller, solution_arn=arn)["solution"]
    (listed,) = desk.solutions.list_solutions(caller)["solutions"]
    assert (described["recipeArn"], listed["recipeArn"]) == (recipe, recipe)
    assert desk.versions.create_solution_version(caller, solution_arn=arn)
