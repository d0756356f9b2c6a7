"""Members that nobody sent, as Describe and List tell them."""

import botocore.session
import pytest

from penchant.domain.arns import Kind
from penchant.service.defaults import DEFAULTS, with_defaults
from penchant.service.rendering import arn_member, rendered

MODEL = botocore.session.get_session().get_service_model("personalize")
SHAPES = {
    Kind.SOLUTION: "Solution",
    Kind.SOLUTION_VERSION: "SolutionVersion",
    Kind.CAMPAIGN: "Campaign",
    Kind.RECOMMENDER: "Recommender",
    Kind.BATCH_INFERENCE_JOB: "BatchInferenceJob",
}


def test_a_solution_tells_what_it_does_by_default(desk):
    arn = desk.solution(desk.group())
    found = desk.solutions.describe_solution(desk.caller, solution_arn=arn)["solution"]
    told = ("performHPO", "performAutoML", "performAutoTraining", "solutionConfig")
    assert [found[name] for name in told] == [False, False, True, {}]
    assert "performIncrementalUpdate" not in found


def test_a_version_tells_how_it_was_trained(desk):
    arn = desk.version(desk.solution(desk.group()))
    found = desk.versions.describe_solution_version(desk.caller, solution_version_arn=arn)
    told = ("performHPO", "performAutoML", "solutionConfig")
    assert [found["solutionVersion"][name] for name in told] == [False, False, {}]


def test_a_campaign_tells_the_least_it_is_provided_for(desk):
    arn = desk.campaign(desk.version(desk.solution(desk.group())))
    found = desk.campaigns.describe_campaign(desk.caller, campaign_arn=arn)["campaign"]
    assert found["minProvisionedTPS"] == 1


def test_what_was_sent_is_told_as_it_was_sent(desk):
    group = desk.group()
    arn = desk.solutions.create_solution(
        desk.caller,
        name="best",
        dataset_group_arn=group,
        recipe_arn="arn:aws:personalize:::recipe/aws-sims",
        perform_hpo=True,
        perform_auto_training=False,
        solution_config={"algorithmHyperParameters": {"min_cointeraction_count": "2"}},
    )["solutionArn"]
    found = desk.solutions.describe_solution(desk.caller, solution_arn=arn)["solution"]
    assert (found["performHPO"], found["performAutoTraining"]) == (True, False)
    assert found["solutionConfig"] == {"algorithmHyperParameters": {"min_cointeraction_count": "2"}}


def test_what_is_kept_stays_what_was_sent(desk):
    arn = desk.solution(desk.group())
    kept = desk.stores.resources.get(arn)
    assert set(kept.sent) == {"name", "datasetGroupArn", "recipeArn"}
    assert rendered(kept)["performAutoTraining"] is True


def test_an_inner_default_stands_beside_what_was_sent():
    config = {"enableMetadataWithRecommendations": True}
    assert with_defaults(Kind.RECOMMENDER, {"recommenderConfig": config}) == {
        "recommenderConfig": {"minRecommendationRequestsPerSecond": 1, **config}
    }
    config = {"minRecommendationRequestsPerSecond": 5}
    assert with_defaults(Kind.RECOMMENDER, {"recommenderConfig": config}) == {
        "recommenderConfig": config
    }


def test_kinds_without_defaults_are_told_as_they_were_sent():
    assert with_defaults(Kind.FILTER, {"name": "cheap"}) == {"name": "cheap"}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_every_default_is_a_member_of_the_api(kind):
    members = MODEL.shape_for(SHAPES[kind]).members
    assert arn_member(kind) in members
    assert set(DEFAULTS[kind]) <= set(members)
