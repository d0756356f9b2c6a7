import pytest

from penchant.domain.arns import Owner
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidNextTokenException, ResourceNotFoundException
from penchant.domain.recipes import BUILT_IN, DOMAIN_RECIPES, RECIPES
from penchant.domain.resources import utc_now
from penchant.service.recipes import RecipeOperations
from penchant.store.cursors import Cursors

CALLER = Caller("AKIDEXAMPLE", Owner("111111111111", "eu-central-1"))
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


def operations():
    return RecipeOperations(BUILT_IN, Cursors(lambda: b"key", utc_now))


def test_every_recipe_can_be_described_with_its_algorithm_and_transformation():
    recipes = operations()
    for summary in recipes.list_recipes(CALLER)["recipes"]:
        recipe = recipes.describe_recipe(CALLER, recipe_arn=summary["recipeArn"])["recipe"]
        assert recipes.describe_algorithm(CALLER, algorithm_arn=recipe["algorithmArn"])
        transformation = recipe["featureTransformationArn"]
        assert recipes.describe_feature_transformation(
            CALLER, feature_transformation_arn=transformation
        )


def test_pages_cover_the_catalogue_once():
    recipes, seen, token = operations(), [], None
    while True:
        page = recipes.list_recipes(CALLER, max_results=1, next_token=token)
        seen += [summary["recipeArn"] for summary in page["recipes"]]
        token = page["nextToken"]
        if token is None:
            break
    assert seen == [*RECIPES, *DOMAIN_RECIPES]


@pytest.mark.parametrize("token", ["abc", "WyJyZWNpcGVzIiwiIiwieCJd", "\ud800"])
def test_a_foreign_token_is_refused(token):
    with pytest.raises(InvalidNextTokenException, match="was not returned by this list"):
        operations().list_recipes(CALLER, next_token=token)


def test_a_token_of_another_list_is_refused():
    token = operations().list_recipes(CALLER, max_results=1)["nextToken"]
    with pytest.raises(InvalidNextTokenException, match="call it again without nextToken"):
        operations().list_recipes(CALLER, next_token=token, domain="ECOMMERCE")


@pytest.mark.parametrize(("domain", "front"), [("ECOMMERCE", "ecomm"), ("VIDEO_ON_DEMAND", "vod")])
def test_a_domain_has_five_recipes(domain, front):
    recipes = operations().list_recipes(CALLER, domain=domain)["recipes"]
    assert [one["domain"] for one in recipes] == [domain] * 5
    assert all(one["name"].startswith(f"aws-{front}-") for one in recipes)


def test_the_recipes_of_solutions_name_no_domain():
    listed = operations().list_recipes(CALLER)["recipes"]
    assert {one["recipeArn"] for one in listed if one["domain"] is None} == set(RECIPES)


def test_a_described_recipe_has_no_domain_since_its_shape_has_none():
    arn = "arn:aws:personalize:::recipe/aws-vod-top-picks"
    assert "domain" not in operations().describe_recipe(CALLER, recipe_arn=arn)["recipe"]


def test_an_algorithm_shows_defaults_and_tunable_ranges():
    algorithm = operations().describe_algorithm(
        CALLER, algorithm_arn="arn:aws:personalize:::algorithm/aws-user-personalization"
    )["algorithm"]
    assert algorithm["defaultHyperParameters"]["hidden_dimension"] == "149"
    ranges = algorithm["defaultHyperParameterRanges"]
    assert {"name": "bptt", "minValue": 2, "maxValue": 32, "isTunable": True} in ranges[
        "integerHyperParameterRanges"
    ]
    assert ranges["categoricalHyperParameterRanges"] == [
        {"name": "recency_mask", "values": ["True", "False"], "isTunable": True}
    ]


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("describe_recipe", "recipe_arn"),
        ("describe_algorithm", "algorithm_arn"),
        ("describe_feature_transformation", "feature_transformation_arn"),
    ],
)
def test_what_is_not_in_the_catalogue_does_not_exist(operation, member):
    with pytest.raises(ResourceNotFoundException, match="Resource Arn arn:x does not exist"):
        getattr(operations(), operation)(CALLER, **{member: "arn:x"})


def test_trending_has_an_algorithm_of_another_name():
    arn = "arn:aws:personalize:::recipe/aws-trending-now"
    recipe = operations().describe_recipe(CALLER, recipe_arn=arn)["recipe"]
    assert recipe["algorithmArn"] == "arn:aws:personalize:::algorithm/aws-trending-now-custom"
    found = operations().describe_algorithm(CALLER, algorithm_arn=recipe["algorithmArn"])
    assert found["algorithm"]["name"] == "aws-trending-now-custom"


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_recipes_are_told_in_the_partition_of_the_region(region, partition):
    caller = Caller("AKIDEXAMPLE", Owner("111111111111", region))
    listed = operations().list_recipes(caller)["recipes"]
    front = f"arn:{partition}:personalize:::"
    assert all(one["recipeArn"].startswith(f"{front}recipe/") for one in listed)
    arn = f"{front}recipe/aws-sims"
    found = operations().describe_recipe(caller, recipe_arn=arn)["recipe"]
    assert found["recipeArn"] == arn
    assert found["algorithmArn"] == f"{front}algorithm/aws-sims"
    assert found["featureTransformationArn"] == f"{front}feature-transformation/sims"
    algorithm = operations().describe_algorithm(caller, algorithm_arn=found["algorithmArn"])
    assert algorithm["algorithm"]["algorithmArn"] == found["algorithmArn"]
    assert operations().describe_feature_transformation(
        caller, feature_transformation_arn=found["featureTransformationArn"]
    )


def test_a_recipe_is_found_in_any_partition_and_told_in_the_caller_s():
    arn = "arn:aws-cn:personalize:::recipe/aws-user-personalization"
    found = operations().describe_recipe(CALLER, recipe_arn=arn)["recipe"]
    assert found["recipeArn"] == RECIPE
