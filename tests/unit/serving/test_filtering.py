"""Which filter a request means, and what it looks at."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.callers import Caller
from penchant.domain.datasets import dataset_arn
from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.domain.resources import Resource
from penchant.filters.parsing import parse
from penchant.serving.datasets import DatasetReader
from penchant.serving.filtering import Filtering, parsed
from penchant.serving.knowledge import Knowledge
from penchant.serving.sight import Sight
from penchant.store.events import EventLog
from penchant.store.records import Records

from .conftest import deployed

OWNER = Owner("000000000000", "us-east-1")
CALLER = Caller("AKID", OWNER)
GROUP = OWNER.arn(Kind.DATASET_GROUP, "shop")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = 'INCLUDE ItemID WHERE Items.GENRES IN ("odd")'
BOUGHT = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")'
FILTER = Resource(
    arn=OWNER.arn(Kind.FILTER, "odd"),
    kind=Kind.FILTER,
    owner=OWNER,
    name="odd",
    status="ACTIVE",
    created_at=NOW,
    updated_at=NOW,
    parent_arn=GROUP,
    sent={"filterExpression": TEXT},
)
ITEMS = replace(FILTER, arn=dataset_arn(GROUP, "ITEMS"), kind=Kind.DATASET)


@pytest.fixture
def knowledge(house, tmp_path):
    reader = DatasetReader(house.resources, Records(house.resources._engine), tmp_path, 100_000_000)
    made = Knowledge(reader, monotonic=house.monotonic)
    yield made
    made.close()


@pytest.fixture
def filtering(house, knowledge):
    log = EventLog(house.resources._engine)
    yield Filtering(house.resources, log, knowledge, monotonic=house.monotonic)
    log.close()


def find(filtering, arn=FILTER.arn, caller=CALLER, group=GROUP):
    return filtering.find(caller, arn, group)


def test_a_filter_is_found_as_soon_as_it_is_there(filtering, house):
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {FILTER.arn} does not exi"):
        find(filtering)
    house.put(FILTER)
    house.put(ITEMS)
    assert find(filtering) == parse(TEXT)


def test_its_row_is_trusted_for_half_a_second(filtering, house):
    house.put(FILTER)
    house.put(ITEMS)
    find(filtering)
    house.remove(FILTER.arn)
    assert find(filtering) == parse(TEXT)
    house.now_s += 0.5
    with pytest.raises(ResourceNotFoundException):
        find(filtering)


def test_one_whose_dataset_was_deleted_is_refused_until_there_is_one_again(filtering, house):
    house.put(FILTER)
    with pytest.raises(InvalidInputException, match=f"looks at {ITEMS.arn}, which was deleted"):
        find(filtering)
    house.put(ITEMS)
    assert find(filtering) == parse(TEXT)
    house.remove(ITEMS.arn)
    house.now_s += 0.5
    with pytest.raises(InvalidInputException, match="create the dataset again"):
        find(filtering)


def test_nobody_else_finds_it(filtering, house):
    house.put(FILTER)
    stranger = Caller("AKIDX", Owner("999999999999", "us-east-1"))
    with pytest.raises(ResourceNotFoundException):
        find(filtering, caller=stranger)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"kind": Kind.SCHEMA}, "is the ARN of a schema; give that of a filter"),
        ({"status": "CREATE FAILED"}, "is CREATE FAILED; wait until DescribeFilter shows ACTIVE"),
        ({"parent_arn": GROUP + "2"}, "belongs to .*shop2, not to .*shop; create a filter there"),
    ],
)
def test_what_is_no_filter_of_the_group_is_refused(filtering, house, changes, text):
    house.put(replace(FILTER, **changes))
    with pytest.raises(InvalidInputException, match=text):
        find(filtering)


def test_an_expression_is_read_once():
    assert parsed(TEXT) is parsed(TEXT)


def sight(filtering, deployment, text):
    expression = parse(text)
    while isinstance(found := filtering.sight(deployment, expression), list):
        for future in found:
            future.result(10)
    assert isinstance(found, Sight)
    return found


@pytest.fixture
def deployment(house, small_artifact):
    return deployed(house.campaign("front", "aws-user-personalization"), small_artifact)


@pytest.mark.parametrize(
    ("text", "asks_events", "asks_users"),
    [
        (TEXT, False, False),
        (f"{TEXT} IF CurrentUser.AGE > 3", False, True),
        (BOUGHT, True, False),
    ],
)
def test_only_what_an_expression_names_is_looked_at(
    filtering, deployment, text, asks_events, asks_users
):
    found = sight(filtering, deployment, text)
    assert found.stock.rows.catalogue is deployment.artifact.items
    assert (found.imported is not None, found.people is not None) == (asks_events, asks_users)
    assert found.stream == GROUP


def test_only_the_columns_that_an_expression_names_are_on_the_shelf(filtering, deployment):
    text = "INCLUDE ItemID WHERE Items.Story_Line = CurrentItem.GENRES IF CurrentUser.AGE > 3"
    found = sight(filtering, deployment, text)
    assert found.stock.names == {"STORYLINE", "GENRES"}
    assert found.people.names == {"AGE"}
    assert sight(filtering, deployment, BOUGHT).stock.names == {"STORYLINE", "GENRES"}


def test_a_filter_of_actions_looks_at_actions_and_their_events(filtering, deployment):
    text = 'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("Taken")'
    found = sight(filtering, deployment, text)
    assert found.stock.rows.catalogue is deployment.action_ids
    assert found.stream == OWNER.arn(Kind.DATASET, "shop/ACTION_INTERACTIONS")


def test_the_first_to_ask_is_told_what_to_wait_for(filtering, deployment):
    waiting = filtering.sight(deployment, parse(TEXT))
    assert isinstance(waiting, list)
    assert len(waiting) == 1
    waiting[0].result(10)
    assert isinstance(filtering.sight(deployment, parse(TEXT)), Sight)
