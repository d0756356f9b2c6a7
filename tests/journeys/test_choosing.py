"""Tuning and choosing, from CreateSolution to recommendations, with nothing but boto3."""

import pytest

ARN = "arn:aws:personalize:::recipe/aws-"


def trained(shop, group, name, **members):
    personalize = shop.client("personalize")
    solution = personalize.create_solution(name=name, datasetGroupArn=group, **members)
    arn = solution["solutionArn"]
    version = personalize.create_solution_version(solutionArn=arn)["solutionVersionArn"]
    return arn, shop.settled(version)


def test_tuning_tells_what_it_found(shop, group):
    factor = {"name": "popularity_discount_factor", "minValue": 0.0, "maxValue": 0.5}
    ranges = {
        "integerHyperParameterRanges": [],
        "continuousHyperParameterRanges": [factor],
        "categoricalHyperParameterRanges": [],
    }
    tuning = {
        "algorithmHyperParameterRanges": ranges,
        "hpoResourceConfig": {"maxNumberOfTrainingJobs": "3", "maxParallelTrainingJobs": "1"},
    }
    config = {"hpoConfig": tuning, "algorithmHyperParameters": {"min_cointeraction_count": "2"}}
    members = {"recipeArn": f"{ARN}sims", "performHPO": True, "solutionConfig": config}
    solution, version = trained(shop, group, "tuned", **members)
    shown = shop.describe(solution)["solutionConfig"]["hpoConfig"]["algorithmHyperParameterRanges"]
    assert shown["continuousHyperParameterRanges"] == [
        {**factor, "name": "training.popularity_discount_factor"}
    ]
    found = version["tunedHPOParams"]["algorithmHyperParameters"]
    assert found["min_cointeraction_count"] == "2"
    assert 0.0 <= float(found["popularity_discount_factor"]) <= 0.5


@pytest.fixture(scope="module")
def chosen(shop, group):
    """A solution that chose between counting and trends, and its version."""
    config = {
        "recipeList": [f"{ARN}trending-now", f"{ARN}popularity-count"],
        "metricName": "temporal:mean_reciprocal_rank_at_25",
    }
    return trained(
        shop, group, "chosen", performAutoML=True, solutionConfig={"autoMLConfig": config}
    )


def test_a_choice_is_told_by_solution_and_version(shop, chosen):
    solution, version = chosen
    best = shop.describe(solution)["autoMLResult"]["bestRecipeArn"]
    assert best in {f"{ARN}trending-now", f"{ARN}popularity-count"}
    assert version["recipeArn"] == best
    assert version["performAutoML"] is True


def test_a_campaign_answers_with_the_recipe_that_was_chosen(shop, chosen):
    campaign = shop.deploy(chosen[1]["solutionVersionArn"], "chosen")
    shop.settled(campaign)
    answer = shop.client("personalize-runtime").get_recommendations(
        campaignArn=campaign, userId="u1", numResults=5
    )
    assert len(answer["itemList"]) == 5
