"""What may be created, changed and deleted while something else is there, or is not."""

import pytest

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.errors import (
    InvalidInputException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from penchant.domain.resources import Resource
from penchant.store.events import Event

from .conftest import CALLER, POPULARITY

READY = "s3://shop/file.csv"
DELETABLE = {
    Kind.DATASET_GROUP: "groups.delete_dataset_group",
    Kind.DATASET: "datasets.delete_dataset",
    Kind.SOLUTION: "solutions.delete_solution",
    Kind.CAMPAIGN: "campaigns.delete_campaign",
    Kind.EVENT_TRACKER: "trackers.delete_event_tracker",
    Kind.FILTER: "filters.delete_filter",
}
CHILDREN = {
    "dataset": (
        Kind.DATASET_GROUP,
        "datasets.create_dataset",
        {"name": "a", "schema_arn": "arn:none", "dataset_type": "Items"},
    ),
    "solution": (
        Kind.DATASET_GROUP,
        "solutions.create_solution",
        {"name": "a", "recipe_arn": POPULARITY},
    ),
    "event tracker": (Kind.DATASET_GROUP, "trackers.create_event_tracker", {"name": "a"}),
    "filter": (
        Kind.DATASET_GROUP,
        "filters.create_filter",
        {"name": "a", "filter_expression": "INCLUDE ItemID"},
    ),
    "import": (
        Kind.DATASET,
        "imports.create_dataset_import_job",
        {"job_name": "a", "data_source": {"dataLocation": READY}},
    ),
    "solution version": (Kind.SOLUTION, "versions.create_solution_version", {}),
    "campaign": (Kind.SOLUTION_VERSION, "campaigns.create_campaign", {"name": "a"}),
}


def put(desk, kind, status=statuses.ACTIVE, parent_arn="", name="x", **sent):
    now = desk.ledger.clock()
    arn = CALLER.owner.arn(kind, name)
    made = Resource(arn, kind, CALLER.owner, name, status, now, now, parent_arn, sent)
    with desk.stores.resources.transaction() as tx:
        desk.stores.resources.add(tx, made)
    return arn


def call(desk, path, **members):
    room, operation = path.split(".")
    return getattr(getattr(desk, room), operation)(CALLER, **members)


def member(kind):
    return f"{kind.replace('-', '_')}_arn"


def delete(desk, kind, arn):
    return call(desk, DELETABLE[kind], **{member(kind): arn})


@pytest.mark.parametrize("status", sorted(statuses.BEING_MADE))
@pytest.mark.parametrize("kind", DELETABLE)
def test_nothing_is_deleted_while_it_is_being_made(desk, kind, status):
    arn = put(desk, kind, status, datasetType="Items")
    with pytest.raises(ResourceInUseException, match=f"{status}; it can be deleted once"):
        delete(desk, kind, arn)
    assert desk.stores.resources.get(arn) is not None


@pytest.mark.parametrize("status", [statuses.ACTIVE, statuses.CREATE_FAILED])
@pytest.mark.parametrize("kind", DELETABLE)
def test_what_was_made_or_has_failed_can_be_deleted_and_is_gone_then(desk, kind, status):
    arn = put(desk, kind, status, datasetType="Items")
    assert delete(desk, kind, arn) == {}
    text = f"Resource Arn {arn} does not exist"
    if kind is Kind.DATASET_GROUP:
        text = f"The given dataset group does not exist: {arn}"
    with pytest.raises(ResourceNotFoundException, match=text):
        delete(desk, kind, arn)


@pytest.mark.parametrize("child", CHILDREN)
def test_nothing_is_built_on_what_is_not_ready(desk, child):
    kind, operation, members = CHILDREN[child]
    arn = put(desk, kind, statuses.CREATE_IN_PROGRESS)
    with pytest.raises(ResourceInUseException, match="CREATE IN_PROGRESS; wait until it is ACTIVE"):
        call(desk, operation, **members, **{member(kind): arn})


@pytest.mark.parametrize("child", CHILDREN)
def test_nothing_is_built_on_what_has_failed(desk, child):
    kind, operation, members = CHILDREN[child]
    arn = put(desk, kind, statuses.CREATE_FAILED)
    with pytest.raises(InvalidInputException, match=f"CREATE FAILED; create another {kind}"):
        call(desk, operation, **members, **{member(kind): arn})


@pytest.mark.parametrize("child", CHILDREN)
def test_nothing_is_built_on_what_is_not_there_or_is_something_else(desk, child):
    kind, operation, members = CHILDREN[child]
    with pytest.raises(ResourceNotFoundException, match="Resource Arn arn:none does not exist"):
        call(desk, operation, **members, **{member(kind): "arn:none"})
    with pytest.raises(
        InvalidInputException, match=f"is the ARN of a schema; give that of a {kind}"
    ):
        call(desk, operation, **members, **{member(kind): desk.schema()})


def test_a_solution_has_a_recipe_or_chooses_one(desk):
    group = desk.group()
    with pytest.raises(InvalidInputException, match="recipeArn is missing"):
        desk.solutions.create_solution(CALLER, name="a", dataset_group_arn=group)
    with pytest.raises(InvalidInputException, match="performAutoML=true chooses the recipe itself"):
        desk.solutions.create_solution(
            CALLER,
            name="a",
            dataset_group_arn=group,
            perform_auto_ml=True,
            recipe_arn=POPULARITY,
        )


@pytest.mark.parametrize("status", sorted(statuses.BEING_MADE))
def test_a_dataset_stays_while_a_version_is_trained_on_it(desk, status):
    group = desk.group()
    arn = desk.dataset(group, desk.schema())
    put(desk, Kind.SOLUTION_VERSION, status, parent_arn=desk.solution(group))
    with pytest.raises(ResourceInUseException, match=f"is {status}; wait until it has ended"):
        desk.datasets.delete_dataset(CALLER, dataset_arn=arn)


def test_a_dataset_can_be_deleted_under_solutions_that_are_trained(desk):
    group = desk.group()
    arn = desk.dataset(group, desk.schema())
    desk.version(desk.solution(group))
    desk.datasets.delete_dataset(CALLER, dataset_arn=arn)


def test_the_events_of_a_deleted_tracker_stay_with_their_dataset(desk):
    group = desk.group()
    desk.dataset(group, desk.schema())
    tracker = desk.trackers.create_event_tracker(CALLER, name="web", dataset_group_arn=group)
    event = Event(user_id="u", item_id="i", timestamp=1)
    desk.stores.events.append(group, [event]).result()
    desk.trackers.delete_event_tracker(CALLER, event_tracker_arn=tracker["eventTrackerArn"])
    assert desk.stores.events.count(group) == 1


def test_a_solution_stays_while_a_batch_job_uses_a_version(desk):
    solution = desk.solution(desk.group())
    version = desk.version(solution)
    job = put(desk, Kind.BATCH_INFERENCE_JOB, statuses.CREATE_IN_PROGRESS, parent_arn=version)
    with pytest.raises(ResourceInUseException, match="x is CREATE IN_PROGRESS"):
        desk.solutions.delete_solution(CALLER, solution_arn=solution)
    assert desk.stores.resources.get(version) is not None
    desk.settle(job)
    desk.solutions.delete_solution(CALLER, solution_arn=solution)
    assert desk.stores.resources.get(job) is None


@pytest.mark.parametrize(
    ("status", "stops"),
    [
        (statuses.CREATE_PENDING, True),
        (statuses.CREATE_IN_PROGRESS, True),
        (statuses.CREATE_STOPPING, False),
        (statuses.CREATE_STOPPED, False),
        (statuses.CREATE_FAILED, False),
        (statuses.ACTIVE, False),
    ],
)
def test_a_training_is_stopped_before_it_has_ended(desk, status, stops):
    arn = put(desk, Kind.SOLUTION_VERSION, status)
    if stops:
        desk.versions.stop_solution_version_creation(CALLER, solution_version_arn=arn)
        assert desk.stores.resources.get(arn).status == statuses.CREATE_STOPPED
    else:
        with pytest.raises(InvalidInputException, match=f"is {status}; only a version that is"):
            desk.versions.stop_solution_version_creation(CALLER, solution_version_arn=arn)


@pytest.mark.parametrize("status", [statuses.CREATE_FAILED, statuses.CREATE_STOPPED])
def test_a_version_that_ended_without_a_model_goes_with_its_solution(desk, status):
    solution = desk.solution(desk.group())
    put(desk, Kind.SOLUTION_VERSION, status, parent_arn=solution)
    desk.solutions.delete_solution(CALLER, solution_arn=solution)


@pytest.mark.parametrize("status", [statuses.ACTIVE, statuses.CREATE_FAILED])
def test_a_campaign_that_was_made_or_has_failed_can_be_updated(desk, status):
    version = desk.version(desk.solution(desk.group()))
    arn = desk.campaign(version, active=False)
    desk.settle(arn, status)
    desk.campaigns.update_campaign(CALLER, campaign_arn=arn, min_provisioned_tps=2)
    assert desk.stores.resources.get(arn).status == status


def test_a_name_is_free_again_once_its_resource_is_gone(desk):
    group = desk.group()
    for _ in range(2):
        solution = desk.solution(group)
        campaign = desk.campaign(desk.version(solution))
        desk.campaigns.delete_campaign(CALLER, campaign_arn=campaign)
        desk.solutions.delete_solution(CALLER, solution_arn=solution)
