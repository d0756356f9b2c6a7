from datetime import UTC, datetime

from penchant.data.event_rules import EventRule
from penchant.data.training_set import Objective
from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource
from penchant.worker.training.wishes import config_of, event_rules, objective

PENDING = "CREATE PENDING"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def version(**sent):
    owner = Owner("000000000000", "us-east-1")
    arn = owner.arn(Kind.SOLUTION_VERSION, "best/1")
    return Resource(arn, Kind.SOLUTION_VERSION, owner, "best/1", "ACTIVE", NOW, NOW, sent=sent)


def test_a_solution_without_wishes_learns_from_everything():
    assert event_rules(version()) == []
    assert event_rules(version(solutionConfig=None)) == []
    assert objective(version()) is None


def test_one_event_type_and_its_threshold_are_one_rule():
    config = {"eventValueThreshold": "3.5"}
    assert event_rules(version(eventType="buy")) == [EventRule("buy")]
    assert event_rules(version(solutionConfig=config)) == [EventRule(None, 3.5)]
    both = event_rules(version(eventType="buy", solutionConfig=config))
    assert both == [EventRule("buy", 3.5)]


def test_listed_event_types_have_rules_of_their_own_and_weigh_one_unless_said():
    listed = [
        {"eventType": "buy", "eventValueThreshold": 2.0, "weight": 0.9},
        {"eventType": "view"},
    ]
    config = {"eventsConfig": {"eventParametersList": listed}}
    assert event_rules(version(solutionConfig=config)) == [
        EventRule("buy", 2.0, 0.9),
        EventRule("view", None, 1.0),
    ]


def test_an_objective_is_followed_a_little_unless_said_and_not_at_all_when_off():
    wish = {"itemAttribute": "PRICE"}
    assert objective(version(solutionConfig={"optimizationObjective": wish})) == Objective(
        "PRICE", "LOW"
    )
    high = {**wish, "objectiveSensitivity": "HIGH"}
    found = objective(version(solutionConfig={"optimizationObjective": high}))
    assert found == Objective("PRICE", "HIGH")
    off = {**wish, "objectiveSensitivity": "OFF"}
    assert objective(version(solutionConfig={"optimizationObjective": off})) is None


def test_of_a_solution_that_chooses_one_part_counts():
    config = {"autoMLConfig": {"metricName": "coverage"}, "eventValueThreshold": "3"}
    choosing = version(performAutoML=True, solutionConfig=config)
    assert config_of(choosing) == {"autoMLConfig": {"metricName": "coverage"}}
    assert event_rules(choosing) == []
    assert config_of(version(solutionConfig=config)) == config


def recommender(recipe, update=None, **sent):
    owner = Owner("000000000000", "us-east-1")
    sent["recipeArn"] = f"arn:aws:personalize:::recipe/aws-{recipe}"
    own = {} if update is None else {"update": {"recommenderConfig": update, "status": PENDING}}
    arn = owner.arn(Kind.RECOMMENDER, "front")
    return Resource(arn, Kind.RECOMMENDER, owner, "f", "ACTIVE", NOW, NOW, sent=sent, own=own)


def test_a_use_case_learns_from_its_event_type_or_from_everything():
    rules = event_rules(recommender("ecomm-popular-items-by-views"))
    assert rules == [EventRule("View")]
    assert str(rules[0]) == "event type: View"
    assert event_rules(recommender("vod-top-picks")) == []


def test_of_a_recommender_s_configuration_columns_count_those_of_a_running_update_first():
    columns, others = (
        {"trainingDataConfig": {"excludedDatasetColumns": {"Items": [name]}}} for name in "AB"
    )
    explored = {"itemExplorationConfig": {"explorationWeight": "0"}}
    asked = recommender("vod-top-picks", recommenderConfig={**columns, **explored})
    assert config_of(asked) == columns
    asked = recommender("vod-top-picks", others, recommenderConfig=columns)
    assert config_of(asked) == others
    assert config_of(recommender("vod-top-picks", {}, recommenderConfig=columns)) == {}
    assert objective(asked) is None
