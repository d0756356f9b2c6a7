"""PutActionInteractions and PutActions over a real database."""

import asyncio
from datetime import UTC, datetime

import pytest

from penchant.domain.datasets import action_stream
from penchant.domain.errors import (
    InvalidInputException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from penchant.service.action_events import ActionEvents
from penchant.service.events import Events

from ...schemas import avro_text

SENT = {
    "actionId": "join",
    "userId": "ann",
    "sessionId": "s",
    "timestamp": 1_700_000_000.0,
    "eventType": "Taken",
}
FIELDS = {
    "Actions": [
        {"name": "ACTION_ID", "type": "string"},
        {"name": "VALUE", "type": ["null", "long"]},
        {"name": "COST", "type": ["null", "float"]},
        {"name": "REPEAT_FREQUENCY", "type": ["null", "long"]},
    ],
    "ActionInteractions": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ACTION_ID", "type": "string"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
}


class Club:
    """A dataset group with both datasets of actions."""

    def __init__(self, desk):
        self.desk = desk
        self.group = desk.group()
        self.actions = self.dataset("Actions", "Actions")
        self.interactions = self.dataset("ActionInteractions", "Action_Interactions")
        self.now_s = 100.0
        stores = desk.stores
        self.events = ActionEvents(stores.resources, stores.events, lambda: self.now_s)
        clock = lambda: datetime(2026, 1, 1, tzinfo=UTC)  # noqa: E731
        self.records = Events(stores.resources, stores.events, stores.records, clock)

    def dataset(self, record, dataset_type):
        desk, text = self.desk, avro_text(record, FIELDS[record])
        schema = desk.schemas.create_schema(desk.caller, name=record, schema=text)
        return desk.datasets.create_dataset(
            desk.caller,
            name=record,
            schema_arn=schema["schemaArn"],
            dataset_group_arn=self.group,
            dataset_type=dataset_type,
        )["datasetArn"]

    def tracking_id(self):
        described = self.desk.datasets.describe_dataset(
            self.desk.caller, dataset_arn=self.interactions
        )
        return described["dataset"]["trackingId"]

    def send(self, caller=None, tracking_id="", **changes):
        return asyncio.run(
            self.events.put_action_interactions(
                caller or self.desk.caller,
                tracking_id=tracking_id or self.tracking_id(),
                action_interactions=[{**SENT, **changes}],
            )
        )

    def kept(self, user="ann"):
        return self.desk.stores.events.newest(action_stream(self.group), user, 100)

    def put(self, **properties):
        return self.records.put_actions(
            self.desk.caller,
            dataset_arn=self.actions,
            actions=[{"actionId": "join", "properties": properties}],
        )

    def record(self):
        return dict(self.desk.stores.records.scan(self.actions))["join"]


@pytest.fixture
def club(desk):
    return Club(desk)


@pytest.mark.parametrize(
    ("sent", "kept"), [("Taken", "TAKEN"), ("Not Taken", "NOT_TAKEN"), ("viewed", "VIEWED")]
)
def test_an_interaction_is_kept_in_the_form_of_the_data(club, sent, kept):
    assert club.send(eventType=sent, recommendationId="RID", impression=["join", "buy"]) == {}
    event = club.kept()[0]
    assert (event.item_id, event.event_type, event.timestamp) == ("join", kept, 1_700_000_000)
    assert (event.recommendation_id, event.impression) == ("RID", ("join", "buy"))
    assert event.event_id


def test_without_a_user_it_belongs_to_the_session(club):
    club.send(userId=None)
    assert len(club.kept("s")) == 1


def test_another_event_type_is_refused_by_name(club):
    with pytest.raises(InvalidInputException, match="eventType is 'click'; give Taken, Not Taken"):
        club.send(eventType="click")


def test_properties_are_those_of_events(club):
    club.send(properties='{"price": 5}')
    assert club.kept()[0].properties == {"price": 5}
    with pytest.raises(InvalidInputException, match="properties may not hold 'userId'"):
        club.send(properties={"userId": "x"})


def test_what_cannot_be_kept_is_refused(club):
    with pytest.raises(InvalidInputException, match="An event cannot be kept"):
        club.send(userId="a\0")


def test_an_unknown_tracking_id_is_not_found(club):
    for arguments in ({"tracking_id": "nope"}, {"caller": club.desk.stranger}):
        with pytest.raises(ResourceNotFoundException, match="DescribeDataset shows the tracking"):
            club.send(**arguments)


def test_the_event_tracker_s_id_is_not_that_of_the_dataset(club):
    tracker = club.desk.trackers.create_event_tracker(
        club.desk.caller, name="web", dataset_group_arn=club.group
    )
    with pytest.raises(ResourceNotFoundException, match="belongs to no action interactions"):
        club.send(tracking_id=tracker["trackingId"])


def test_a_dataset_that_is_not_active_takes_nothing(club):
    club.desk.settle(club.interactions, "DELETE PENDING")
    with pytest.raises(ResourceInUseException, match="is DELETE PENDING; wait until it is ACTIVE"):
        club.send()


def test_a_dataset_is_trusted_for_half_a_second(club):
    tracking_id = club.tracking_id()
    club.send(tracking_id=tracking_id)
    club.desk.settle(club.interactions, "DELETE PENDING")
    club.send(tracking_id=tracking_id)
    club.now_s += 0.6
    with pytest.raises(ResourceInUseException):
        club.send(tracking_id=tracking_id)


def test_only_datasets_of_action_interactions_have_a_tracking_id(club):
    described = club.desk.datasets.describe_dataset(club.desk.caller, dataset_arn=club.actions)
    assert "trackingId" not in described["dataset"]
    listed = club.desk.datasets.list_datasets(club.desk.caller, dataset_group_arn=club.group)
    assert all("trackingId" not in one for one in listed["datasets"])


def test_deleting_the_dataset_forgets_its_interactions(club):
    club.send()
    club.desk.datasets.delete_dataset(club.desk.caller, dataset_arn=club.interactions)
    assert club.kept() == []


def test_a_new_dataset_of_the_same_name_begins_empty(club):
    tracking_id = club.tracking_id()
    club.send(tracking_id=tracking_id)
    club.desk.datasets.delete_dataset(club.desk.caller, dataset_arn=club.interactions)
    club.send(tracking_id=tracking_id)  # still trusted
    club.interactions = club.desk.datasets.create_dataset(
        club.desk.caller,
        name="again",
        schema_arn=club.desk.schemas.list_schemas(club.desk.caller)["schemas"][0]["schemaArn"],
        dataset_group_arn=club.group,
        dataset_type="ACTION_INTERACTIONS",
    )["datasetArn"]
    assert club.kept() == []
    assert club.tracking_id() != tracking_id


def test_an_action_is_kept_under_its_columns(club):
    assert club.put(value=7, repeatFrequency=3) == {}
    assert club.record() == {"VALUE": 7, "REPEAT_FREQUENCY": 3}


def test_numbers_of_actions_may_be_texts(club):
    club.put(value="7", cost="2.5")
    assert club.record() == {"VALUE": 7, "COST": 2.5}
    with pytest.raises(InvalidInputException, match="'value' is 'many'; the column VALUE takes"):
        club.put(value="many")


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"value": 0}, "the column VALUE is 0; give a number from 1 to 10"),
        ({"value": 11}, "the column VALUE is 11; give a number from 1 to 10"),
        ({"repeatFrequency": 31}, "REPEAT_FREQUENCY is 31; give a number from 0 to 30"),
    ],
)
def test_numbers_out_of_their_bounds_are_refused(club, properties, told):
    with pytest.raises(InvalidInputException, match=told):
        club.put(**properties)


def test_actions_are_put_into_datasets_of_actions_alone(club):
    with pytest.raises(InvalidInputException, match="is not a dataset of type ACTIONS"):
        club.records.put_actions(
            club.desk.caller, dataset_arn=club.interactions, actions=[{"actionId": "join"}]
        )
