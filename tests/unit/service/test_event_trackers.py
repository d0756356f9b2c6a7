import uuid

import pytest

from penchant.domain.errors import ResourceAlreadyExistsException


def create(desk, group, name="web"):
    return desk.trackers.create_event_tracker(desk.caller, name=name, dataset_group_arn=group)


def test_a_tracker_is_found_by_its_tracking_id(desk):
    made = create(desk, desk.group())
    assert uuid.UUID(made["trackingId"]).version == 4
    assert len(made["eventTrackerArn"].rsplit("/", 1)[1]) == 8
    assert desk.stores.resources.by_alias(made["trackingId"]).arn == made["eventTrackerArn"]


def test_describe_names_the_account(desk):
    arn = create(desk, desk.group())["eventTrackerArn"]
    tracker = desk.trackers.describe_event_tracker(desk.caller, event_tracker_arn=arn)
    assert tracker["eventTracker"]["accountId"] == "111111111111"
    assert tracker["eventTracker"]["status"] == "ACTIVE"


def test_a_group_has_one_tracker(desk):
    group = desk.group()
    first = create(desk, group)["eventTrackerArn"]
    with pytest.raises(ResourceAlreadyExistsException, match=first):
        create(desk, group, "app")


def test_a_tracker_made_anew_has_another_id(desk):
    group = desk.group()
    first = create(desk, group)
    desk.trackers.delete_event_tracker(desk.caller, event_tracker_arn=first["eventTrackerArn"])
    assert create(desk, group)["trackingId"] != first["trackingId"]


def test_trackers_are_listed_under_their_group(desk):
    group = desk.group()
    arn = create(desk, group)["eventTrackerArn"]
    listed = desk.trackers.list_event_trackers(desk.caller, dataset_group_arn=group)
    assert [tracker["eventTrackerArn"] for tracker in listed["eventTrackers"]] == [arn]
