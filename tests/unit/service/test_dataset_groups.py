import pytest

from penchant.data.attribution import Cell
from penchant.domain.arns import Kind
from penchant.domain.errors import InvalidInputException, ResourceInUseException
from penchant.store.attributed import AttributedMetrics
from penchant.store.events import Event

ROLE = "arn:aws:iam::111111111111:role/reader"
KEY = "arn:aws:kms:eu-central-1:111111111111:key/1"


def test_a_group_is_active_at_once_and_shows_what_was_sent(desk):
    arn = desk.groups.create_dataset_group(
        desk.caller, name="shop", role_arn=ROLE, kms_key_arn=KEY
    )["datasetGroupArn"]
    group = desk.groups.describe_dataset_group(desk.caller, dataset_group_arn=arn)["datasetGroup"]
    assert group["status"] == "ACTIVE"
    assert (group["name"], group["roleArn"], group["kmsKeyArn"]) == ("shop", ROLE, KEY)
    assert "domain" not in group


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"role_arn": ROLE}, "roleArn is given without kmsKeyArn"),
        ({"kms_key_arn": KEY}, "kmsKeyArn is given without roleArn"),
    ],
)
def test_members_that_do_not_go_together_are_refused(desk, given, text):
    with pytest.raises(InvalidInputException, match=text):
        desk.groups.create_dataset_group(desk.caller, name="shop", **given)


def test_a_domain_is_answered_described_and_listed(desk):
    made = desk.groups.create_dataset_group(desk.caller, name="shop", domain="ECOMMERCE")
    assert made["domain"] == "ECOMMERCE"
    described = desk.groups.describe_dataset_group(
        desk.caller, dataset_group_arn=made["datasetGroupArn"]
    )["datasetGroup"]
    assert described["domain"] == "ECOMMERCE"
    desk.group("other")
    listed = desk.groups.list_dataset_groups(desk.caller)["datasetGroups"]
    assert [one.get("domain") for one in listed] == [None, "ECOMMERCE"]


def under(desk, group, kind, status="ACTIVE"):
    """Something of a kind in a group, as if its operation had made it."""
    with desk.stores.resources.transaction() as tx:
        return desk.ledger.write_down(
            tx, desk.caller, kind, "one", sent={}, parent_arn=group, status=status
        ).arn


@pytest.mark.parametrize(
    "kind", [Kind.RECOMMENDER, Kind.SOLUTION, Kind.DATASET, Kind.EVENT_TRACKER]
)
def test_a_group_stays_while_it_has(desk, kind):
    group = desk.group()
    left = under(desk, group, Kind.FILTER)
    arn = under(desk, group, kind)
    with pytest.raises(ResourceInUseException, match=f"in use by {arn}; delete"):
        desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)
    assert desk.stores.resources.get(left) is not None


@pytest.mark.parametrize("kind", [Kind.FILTER, Kind.METRIC_ATTRIBUTION])
def test_what_needs_no_deleting_goes_with_the_group(desk, kind):
    group = desk.group()
    arn = under(desk, group, kind)
    desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)
    assert desk.stores.resources.get(arn) is None


def test_the_sums_of_a_metric_attribution_are_forgotten_with_the_group(desk):
    group = desk.group()
    arn = under(desk, group, Kind.METRIC_ATTRIBUTION)
    attributed = AttributedMetrics(desk.stores.engine)
    with desk.stores.resources.transaction() as tx:
        attributed.add(tx, arn, [Cell(900, "clicks", "Click", "SAMPLECOUNT", "front", 1.0)])
    assert attributed.series(arn)
    desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)
    assert attributed.series(arn) == []


def test_a_data_deletion_job_that_has_ended_goes_with_its_group(desk):
    group = desk.group()
    arn = under(desk, group, Kind.DATA_DELETION_JOB, "COMPLETED")
    desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)
    assert desk.stores.resources.get(arn) is None


def test_a_group_stays_while_data_is_being_deleted(desk):
    group = desk.group()
    arn = under(desk, group, Kind.DATA_DELETION_JOB, "IN_PROGRESS")
    with pytest.raises(ResourceInUseException, match=f"{arn} is IN_PROGRESS"):
        desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)


def test_a_group_with_something_in_it_stays(desk):
    group = desk.group()
    solution = desk.solution(group)
    with pytest.raises(ResourceInUseException, match=f"in use by {solution}"):
        desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)


def test_an_empty_group_can_be_deleted(desk):
    group = desk.group()
    desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)
    assert desk.groups.list_dataset_groups(desk.caller)["datasetGroups"] == []


def test_a_group_knows_no_events_of_an_earlier_one_of_its_name(desk):
    late = Event(user_id="u", item_id="i", timestamp=1)
    group = desk.group()
    desk.stores.events.append(group, [late]).result()
    desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)
    assert desk.stores.events.count(group) == 0
    desk.stores.events.append(group, [late]).result()
    assert desk.stores.events.count(desk.group()) == 0


def test_the_arn_of_another_kind_is_named_as_what_it_is(desk):
    text = "is the ARN of a dataset-group; give that of an event-tracker"
    with pytest.raises(InvalidInputException, match=text):
        desk.trackers.describe_event_tracker(desk.caller, event_tracker_arn=desk.group())
