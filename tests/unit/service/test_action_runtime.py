"""GetActionRecommendations over a real artifact."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import numpy as np
import pytest

from penchant.data.actions import DAY_S, ActionSet
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.datasets import action_stream
from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.models.artifacts import write_artifact
from penchant.recipes.actions import Actions
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity
from penchant.service.action_runtime import ActionRuntime
from penchant.service.runtime import Runtime
from penchant.serving.deployments import Deployments
from penchant.store.events import Event

from ...schemas import avro_text

NOW = 1_767_225_600
RECIPE = "arn:aws:personalize:::recipe/"
N_ACTIONS = 8


def training_set():
    """Three users with an item; nobody did anything about eight actions of rising value."""
    plain = ActionSet.plain(Vocabulary(f"a{i}" for i in range(N_ACTIONS)))
    return TrainingSet(
        users=Vocabulary(["ann", "bob", "cid"]),
        items=Vocabulary(["i", "j"]),
        user_indices=np.array([0, 1, 2], np.int32),
        item_indices=np.array([0, 1, 0], np.int32),
        timestamps=np.array([NOW - 9, NOW - 8, NOW - 7]),
        event_types=np.zeros(3, np.int16),
        event_values=np.full(3, np.nan, np.float32),
        event_type_names=("click",),
        actions=replace(
            plain,
            values=np.arange(1, N_ACTIONS + 1, dtype=np.float32),
            repeat_days=np.full(N_ACTIONS, 7),
        ),
    )


def artifact(folder, family, recipe):
    data = training_set()
    write_artifact(
        folder,
        recipe.fit(data, seed=0, progress=silent),
        data,
        recipe_arn=f"{RECIPE}any",
        family=family,
        metrics={},
        leaderboard=[],
        max_history=200,
    )


class Club:
    def __init__(self, desk, group, version, deployments):
        self.desk, self.group, self.version = desk, group, version
        clock = lambda: datetime.fromtimestamp(NOW, UTC)  # noqa: E731
        stores = desk.stores
        self.actions = ActionRuntime(deployments, stores.events, desk.filtering, clock)
        given = stores.events, stores.shown, desk.filtering, desk.metadata, clock
        self.items = Runtime(deployments, *given)

    def campaign(self, recipe="aws-next-best-action", artifact="actions"):
        arn = self.desk.campaign(self.version, recipe, active=False)
        serving = {
            "solutionVersionArn": self.version,
            "artifact": artifact,
            "recipeArn": RECIPE + recipe,
            "datasetGroupArn": self.group,
            "campaignConfig": None,
        }
        self.desk.settle(arn, serving=serving)
        return arn

    def ask(self, arn, **arguments):
        asked = {"campaign_arn": arn, "user_id": "ann"} | arguments
        return asyncio.run(self.actions.get_action_recommendations(self.desk.caller, **asked))

    def did(self, action, kind="TAKEN", user="ann", days_ago=0):
        event = Event(
            user_id=user, item_id=action, timestamp=NOW - days_ago * DAY_S, event_type=kind
        )
        self.desk.stores.events.append(action_stream(self.group), [event]).result()


@pytest.fixture
def club(desk, tmp_path):
    artifact(tmp_path / "actions", "actions", Actions())
    artifact(tmp_path / "items", "popularity", Popularity())
    group = desk.group()
    version = desk.version(desk.solution(group))
    deployments = Deployments(desk.stores.resources, tmp_path)
    yield Club(desk, group, version, deployments)
    deployments.close()


def ids(answer):
    return [one["actionId"] for one in answer["actionList"]]


def test_five_actions_come_by_default_with_scores_and_an_id(club):
    answer = club.ask(club.campaign())
    assert ids(answer) == ["a7", "a6", "a5", "a4", "a3"]
    assert {one["score"] for one in answer["actionList"]} == {0.0}
    assert answer["recommendationId"].startswith("RID-")


@pytest.mark.parametrize("n", [0, 1, 8, 100])
def test_as_many_come_as_are_asked_for_and_there_are(club, n):
    assert len(ids(club.ask(club.campaign(), num_results=n))) == min(n, N_ACTIONS)


@pytest.mark.parametrize("n", [-1, 101])
def test_too_many_are_refused(club, n):
    with pytest.raises(InvalidInputException, match=f"numResults is {n}; give a number from 0 to"):
        club.ask(club.campaign(), num_results=n)


def test_what_was_just_decided_waits_for_this_user_alone(club):
    arn = club.campaign()
    club.did("a7")
    club.did("a6", "NOT_TAKEN")
    club.did("a5", "VIEWED")
    club.did("a4", days_ago=8)
    assert ids(club.ask(arn)) == ["a5", "a4", "a3", "a2", "a1"]
    assert ids(club.ask(arn, user_id="bob"))[0] == "a7"


def test_an_unknown_user_is_answered(club):
    assert len(ids(club.ask(club.campaign(), user_id="nobody-yet"))) == 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"campaign_arn": None}, "campaignArn is missing"),
        ({"user_id": None}, "userId is missing"),
        ({"user_id": ""}, "userId is missing"),
    ],
)
def test_what_is_needed_is_asked_for(club, arguments, told):
    with pytest.raises(InvalidInputException, match=told):
        club.ask(club.campaign(), **arguments)


def test_a_filter_that_is_not_there_is_not_found(club):
    arn = "arn:aws:personalize:eu-central-1:111111111111:filter/no"
    with pytest.raises(ResourceNotFoundException, match="filter/no does not exist"):
        club.ask(club.campaign(), filter_arn=arn)


def test_a_campaign_of_items_recommends_no_actions(club):
    with pytest.raises(
        InvalidInputException, match="which recommends no actions; deploy a version"
    ):
        club.ask(club.campaign("aws-popularity-count", "items"))


def test_a_campaign_of_actions_recommends_and_ranks_no_items(club):
    arn = club.campaign()
    for call in (
        club.items.get_recommendations(club.desk.caller, campaign_arn=arn, user_id="ann"),
        club.items.get_personalized_ranking(
            club.desk.caller, campaign_arn=arn, user_id="ann", input_list=["i"]
        ),
    ):
        with pytest.raises(InvalidInputException, match="actions; call GetActionRecommendations"):
            asyncio.run(call)


FIELDS = {
    "Actions": [
        {"name": "ACTION_ID", "type": "string"},
        {"name": "VALUE", "type": ["null", "long"]},
    ],
    "Action_Interactions": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ACTION_ID", "type": "string"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
}


EVENTS = avro_text(
    "Interactions",
    [
        *({"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID", "EVENT_TYPE")),
        {"name": "TIMESTAMP", "type": "long"},
    ],
)


@pytest.fixture
def filtered(club, desk):
    """Asks for all actions through a filter; action n has the value n."""
    for name, fields in FIELDS.items():
        text = avro_text(name.replace("_", ""), fields)
        schema = desk.schemas.create_schema(desk.caller, name=name, schema=text)
        arn = desk.datasets.create_dataset(
            desk.caller,
            name=name,
            schema_arn=schema["schemaArn"],
            dataset_group_arn=club.group,
            dataset_type=name,
        )["datasetArn"]
        if name == "Actions":
            values = {f"a{n}": {"value": n} for n in range(N_ACTIONS)}
            with desk.stores.resources.transaction() as tx:
                desk.stores.records.put(tx, arn, values, desk.ledger.clock())
    campaign = club.campaign()

    def ask(expression, **values):
        made = desk.filters.create_filter(
            desk.caller,
            name=f"f{next(numbers)}",
            dataset_group_arn=club.group,
            filter_expression=expression,
        )
        given = {"filter_arn": made["filterArn"], "filter_values": values}
        return sorted(ids(club.ask(campaign, num_results=100, **given)))

    numbers = count()
    return ask


def test_actions_are_filtered_by_their_columns(filtered):
    assert filtered("INCLUDE ActionID WHERE Actions.VALUE > ($LEAST)", LEAST="5") == ["a6", "a7"]
    assert filtered("EXCLUDE ActionID WHERE Actions.VALUE < 6") == ["a6", "a7"]


def test_actions_are_filtered_by_what_the_user_just_did_about_them(filtered, club):
    viewed = 'INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("VIEWED")'
    assert filtered(viewed) == []
    club.did("a3", "Viewed")
    club.did("a4", "Viewed", user="bob")
    assert filtered(viewed) == ["a3"]
    assert "a3" not in filtered(viewed.replace("INCLUDE", "EXCLUDE"))


@pytest.mark.parametrize("spelling", ["Not Taken", "NOT_TAKEN", "not taken"])
def test_what_was_not_taken_is_found_in_any_spelling(filtered, club, spelling):
    club.did("a3", "NOT_TAKEN", days_ago=8)
    assert filtered(
        "INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ($TYPE)", TYPE=f'"{spelling}"'
    ) == ["a3"]


def test_a_filter_of_items_filters_no_actions(filtered, club, desk):
    desk.dataset(club.group, desk.schema("with-types", EVENTS))
    with pytest.raises(InvalidInputException, match=r"filters ItemID; .* answers with ActionID"):
        filtered('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")')
