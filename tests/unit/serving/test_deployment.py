from dataclasses import replace

import pytest

from penchant.serving.deployment import deploy
from penchant.store.events import Event


def event(item, at, kind="click", value=None):
    return Event(
        user_id="known",
        item_id=item,
        timestamp=at,
        event_type=kind,
        event_value=value,
        event_id=f"{item}{at}",
    )


def test_a_query_joins_what_was_learnt_and_what_came_since(house, small_artifact):
    made = deploy(house.campaign("c", "aws-user-personalization"), small_artifact)
    at = small_artifact.trained_until + 1
    query = made.query("known", [event("3", at)], 77)
    assert query.history.items.tolist() == [0, 1, 3]
    assert (query.user_index, query.timestamp) == (0, 77)


def test_an_unknown_user_without_events_has_an_empty_history(house, small_artifact):
    made = deploy(house.campaign("c", "aws-user-personalization"), small_artifact)
    query = made.query("stranger", [], 0)
    assert (len(query.history), query.user_index) == (0, -1)


def test_the_solution_s_event_type_and_least_value_hold_for_fresh_events(house, small_artifact):
    campaign = house.campaign("c", "aws-user-personalization")
    serving = {**campaign.own["serving"], "eventType": "Buy", "eventValueThreshold": "2.5"}
    made = deploy(replace(campaign, own={"serving": serving}), small_artifact)
    events = [event("2", 1, "buy", 2.5), event("3", 2, "buy", 2.4), event("4", 3, "click", 9)]
    assert made.query("stranger", events, 0).history.items.tolist() == [2]


@pytest.mark.parametrize(
    ("recipe", "explores"),
    [("aws-user-personalization", True), ("aws-personalized-ranking", False)],
)
def test_only_recipes_that_explore_have_an_explorer(house, small_artifact, recipe, explores):
    made = deploy(house.campaign("c", recipe), small_artifact)
    assert (made.explorer is not None) == explores


def test_popular_items_are_those_that_score_highest_for_nobody(house, small_artifact):
    made = deploy(house.campaign("c", "aws-popularity-count"), small_artifact)
    assert made.popular.tolist() == [0, 1, 2, 3, 4]
