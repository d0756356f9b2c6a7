import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from penchant.domain.arns import Kind
from penchant.domain.errors import (
    InvalidInputException,
    ResourceInUseException,
    ResourceNotFoundException,
    ThrottlingException,
)
from penchant.service.events import Events
from penchant.store.events import Event, EventLog, EventLogFull

from ...schemas import avro_text

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EVENT = {"eventType": "click", "itemId": "7", "sentAt": 1_700_000_000.0}


def schema(record, *fields):
    return avro_text(
        record,
        [
            {"name": f"{record[:-1].upper()}_ID", "type": "string"},
            {"name": "GENRES", "type": "string", "categorical": True},
            *fields,
        ],
    )


class Shop:
    """A dataset group with a tracker, and items and users datasets."""

    def __init__(self, desk):
        self.desk = desk
        self.now_s = 100.0
        self.group = desk.group()
        made = desk.trackers.create_event_tracker(
            desk.caller, name="web", dataset_group_arn=self.group
        )
        self.tracker, self.tracking_id = made["eventTrackerArn"], made["trackingId"]
        self.events = self.over(desk.stores.events)

    def over(self, log):
        stores = self.desk.stores
        return Events(stores.resources, log, stores.records, lambda: NOW, lambda: self.now_s)

    def send(self, *sent, caller=None, **named):
        arguments = {"tracking_id": self.tracking_id, "session_id": "s", "user_id": "ann"} | named
        return asyncio.run(
            self.events.put_events(
                caller or self.desk.caller, event_list=list(sent or [EVENT]), **arguments
            )
        )

    def kept(self, user="ann"):
        return self.desk.stores.events.newest(self.group, user, 100)

    def dataset(self, record="Items", *fields):
        made = self.desk.schemas.create_schema(
            self.desk.caller, name=record, schema=schema(record, *fields)
        )
        return self.desk.datasets.create_dataset(
            self.desk.caller,
            name=record,
            schema_arn=made["schemaArn"],
            dataset_group_arn=self.group,
            dataset_type=record,
        )["datasetArn"]

    def records(self, dataset):
        return dict(self.desk.stores.records.scan(dataset))

    def put(self, dataset, *items, caller=None):
        caller = caller or self.desk.caller
        return self.events.put_items(caller, dataset_arn=dataset, items=list(items))


def fill(log, stream, event):
    """Append until no more is taken; the database is locked, so that nothing leaves the log."""
    with suppress(EventLogFull):
        while True:
            log.append(stream, [event])
            time.sleep(0.02)


@pytest.fixture
def shop(desk):
    return Shop(desk)


def test_an_answered_event_is_in_the_log(shop):
    assert shop.send({**EVENT, "eventId": "e", "recommendationId": "RID", "eventValue": 2.5}) == {}
    (kept,) = shop.kept()
    assert (kept.item_id, kept.event_type, kept.event_value) == ("7", "click", 2.5)
    assert (kept.timestamp, kept.session_id, kept.event_id) == (1_700_000_000, "s", "e")
    assert kept.recommendation_id == "RID"


def test_an_event_without_a_user_belongs_to_its_session(shop):
    shop.send(user_id=None)
    assert [event.session_id for event in shop.kept("s")] == ["s"]


def test_where_one_event_cannot_be_taken_none_is(shop):
    with pytest.raises(InvalidInputException):
        shop.send(EVENT, {**EVENT, "properties": "{"})
    assert shop.kept() == []


def test_an_event_that_the_database_cannot_keep_is_refused(shop):
    with pytest.raises(InvalidInputException, match="An event cannot be kept: user_id 'a"):
        shop.send(user_id="a\0")


def test_an_unknown_tracking_id_is_refused(shop):
    with pytest.raises(InvalidInputException, match="trackingId 'nobody' belongs to no event tra"):
        shop.send(tracking_id="nobody")


def test_another_owner_s_tracker_is_unknown_and_stays_good_for_its_owner(shop):
    for _ in range(2):
        with pytest.raises(InvalidInputException, match="belongs to no event tracker"):
            shop.send(caller=shop.desk.stranger)
        shop.send()


def test_a_tracker_that_is_not_active_takes_nothing(shop):
    resources = shop.desk.stores.resources
    tracker = resources.get(shop.tracker)
    with resources.transaction() as tx:
        resources.remove(tx, tracker.arn)
        resources.add(tx, replace(tracker, status="CREATE PENDING"))
    with pytest.raises(InvalidInputException, match="is CREATE PENDING; wait until it is ACTIVE"):
        shop.send()


def test_a_deleted_tracker_takes_events_for_half_a_second_at_most(shop):
    shop.send()
    shop.desk.trackers.delete_event_tracker(shop.desk.caller, event_tracker_arn=shop.tracker)
    shop.now_s += 0.4
    shop.send()
    shop.now_s += 0.1
    with pytest.raises(InvalidInputException, match="belongs to no event tracker"):
        shop.send()


def test_a_tracker_made_after_it_was_asked_for_takes_events(shop):
    tracker = shop.desk.stores.resources.get(shop.tracker)
    later = replace(tracker, arn=f"{tracker.arn}0", alias="later")
    with pytest.raises(InvalidInputException):
        shop.send(tracking_id="later")
    with shop.desk.stores.resources.transaction() as tx:
        shop.desk.stores.resources.add(tx, later)
    shop.send(tracking_id="later")


def test_more_events_than_can_be_written_are_to_be_sent_again(shop):
    full = EventLog(shop.desk.stores.engine, capacity=1)
    shop.events = shop.over(full)
    waiting = Event(user_id="ann", item_id="7", timestamp=1)
    with shop.desk.stores.resources.transaction():
        fill(full, shop.group, waiting)
        with pytest.raises(ThrottlingException, match="send them again in a moment"):
            shop.send()
    full.close()


def test_put_items_keeps_values_under_the_schema_s_names(shop):
    price = {"name": "LIST_PRICE", "type": ["null", "float"]}
    dataset = shop.dataset("Items", price)
    sent = {"itemId": "7", "properties": '{"genres": "Drama|War", "listPrice": 9}'}
    assert shop.put(dataset, sent) == {}
    assert shop.records(dataset) == {"7": {"GENRES": "Drama|War", "LIST_PRICE": 9}}


def test_a_record_put_again_replaces_the_former_as_a_whole(shop):
    dataset = shop.dataset("Items", {"name": "PRICE", "type": ["null", "float"]})
    shop.put(dataset, {"itemId": "7", "properties": {"genres": "War", "price": 9.5}})
    shop.put(dataset, {"itemId": "7", "properties": {"genres": "Drama"}})
    assert shop.records(dataset) == {"7": {"GENRES": "Drama"}}


def test_put_users_takes_users(shop):
    dataset = shop.dataset("Users")
    sent = [{"userId": "ann", "properties": '{"genres": "Drama"}'}]
    assert shop.events.put_users(shop.desk.caller, dataset_arn=dataset, users=sent) == {}
    assert shop.records(dataset) == {"ann": {"GENRES": "Drama"}}


def test_where_one_record_cannot_be_taken_none_is(shop):
    dataset = shop.dataset()
    good = {"itemId": "1", "properties": {"genres": "War"}}
    with pytest.raises(InvalidInputException, match="itemId '2': the column GENRES allows no null"):
        shop.put(dataset, good, {"itemId": "2"})
    assert shop.records(dataset) == {}


def test_a_dataset_that_is_not_there_or_a_stranger_s_is_not_found(shop):
    dataset = shop.dataset()
    with pytest.raises(ResourceNotFoundException, match="Resource Arn arn:x does not exist"):
        shop.put("arn:x", {"itemId": "1"})
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {dataset} does not exist"):
        shop.put(dataset, {"itemId": "1"}, caller=shop.desk.stranger)


def test_a_dataset_of_another_type_is_refused(shop):
    for arn in (shop.dataset("Users"), shop.group):
        with pytest.raises(InvalidInputException, match=f"{arn} is not a dataset of type ITEMS"):
            shop.put(arn, {"itemId": "1"})


def test_a_dataset_that_is_not_active_is_in_use(shop):
    arn = shop.dataset()
    resources = shop.desk.stores.resources
    dataset = resources.get(arn)
    assert dataset.kind is Kind.DATASET
    with resources.transaction() as tx:
        resources.remove(tx, arn)
        resources.add(tx, replace(dataset, status="CREATE PENDING"))
    with pytest.raises(ResourceInUseException, match="is CREATE PENDING; wait until it is ACTIVE"):
        shop.put(arn, {"itemId": "1"})
