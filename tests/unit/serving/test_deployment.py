from dataclasses import replace

import numpy as np
import pytest

from penchant.store.database import connect, migrate
from penchant.store.events import Event, EventLog

from .conftest import NextItemModel, deployed


@pytest.fixture
def log(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'events.db'}")
    migrate(engine)
    made = EventLog(engine)
    yield made
    made.close()
    engine.dispose()


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
    made = deployed(house.campaign("c", "aws-user-personalization"), small_artifact)
    at = small_artifact.trained_until + 1
    query = made.query("known", [event("3", at)], 77)
    assert query.history.items.tolist() == [0, 1, 3]
    assert (query.user_index, query.timestamp) == (0, 77)


def test_an_unknown_user_without_events_has_an_empty_history(house, small_artifact):
    made = deployed(house.campaign("c", "aws-user-personalization"), small_artifact)
    query = made.query("stranger", [], 0)
    assert (len(query.history), query.user_index) == (0, -1)


def test_the_solution_s_event_type_and_least_value_hold_for_fresh_events(house, small_artifact):
    campaign = house.campaign("c", "aws-user-personalization")
    serving = {**campaign.own["serving"], "eventType": "Buy", "eventValueThreshold": "2.5"}
    made = deployed(replace(campaign, own={"serving": serving}), small_artifact)
    events = [event("2", 1, "buy", 2.5), event("3", 2, "buy", 2.4), event("4", 3, "click", 9)]
    assert made.query("stranger", events, 0).history.items.tolist() == [2]


def test_weighed_event_types_are_read_from_their_own_values_on(house, small_artifact):
    campaign = house.campaign("c", "aws-user-personalization")
    listed = [{"eventType": "Buy", "weight": 1.0}, {"eventType": "rate", "eventValueThreshold": 3}]
    serving = {**campaign.own["serving"], "eventParametersList": listed}
    made = deployed(replace(campaign, own={"serving": serving}), small_artifact)
    events = [
        event("1", 1),
        event("2", 2, "buy"),
        event("3", 3, "rate", 2),
        event("4", 4, "Rate", 3),
    ]
    assert made.query("stranger", events, 0).history.items.tolist() == [2, 4]


class MomentModel(NextItemModel):
    """Scores the item highest that the context's DEVICE_TYPE names; remembers what it was told."""

    def user_vectors(self, queries):
        self.told.append(dict(queries[0].context))
        return np.eye(5, dtype=np.float32)[[int(queries[0].context.get("DEVICE_TYPE", 0))]]

    def score_vectors(self, vectors, queries):
        return vectors.copy()


def test_a_context_reaches_the_model_under_its_column_s_name(house, small_artifact, log):
    model = MomentModel(small_artifact.items, small_artifact.model.follows)
    object.__setattr__(model, "told", [])
    meta = {**small_artifact.meta, "contextColumns": ["DEVICE_TYPE"]}
    artifact = replace(small_artifact, model=model, meta=meta)
    made = deployed(house.campaign("c", "aws-user-personalization"), artifact)
    asked = [{"deviceType": "3", "volume": "high"}, {"DEVICE_TYPE": "4"}, {}, {"device_type": "3"}]
    best = [int(made.scores("known", log, 0, context).argmax()) for context in asked]
    assert best == [3, 4, 0, 3]
    assert model.told == [{"DEVICE_TYPE": "3"}, {"DEVICE_TYPE": "4"}, {}]


@pytest.mark.parametrize(
    ("recipe", "explores"),
    [
        ("aws-user-personalization", True),
        ("aws-user-personalization-v2", True),
        ("aws-personalized-ranking", False),
        ("aws-personalized-ranking-v2", False),
    ],
)
def test_only_recipes_that_explore_have_an_explorer(house, small_artifact, recipe, explores):
    made = deployed(house.campaign("c", recipe), small_artifact)
    assert (made.explorer is not None) == explores


def test_popular_items_are_those_that_score_highest_for_nobody(house, small_artifact):
    made = deployed(house.campaign("c", "aws-popularity-count"), small_artifact)
    assert made.popular.tolist() == [0, 1, 2, 3, 4]
