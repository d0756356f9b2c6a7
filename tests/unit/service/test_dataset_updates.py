import json

import pytest

from penchant.domain.errors import (
    InvalidInputException,
    ResourceInUseException,
    ResourceNotFoundException,
)

ID = {"name": "ITEM_ID", "type": "string"}
GENRES = {"name": "GENRES", "type": "string", "categorical": True}
PRICE = {"name": "PRICE", "type": ["null", "float"]}


def schema(desk, name, *fields, record="Items"):
    text = json.dumps(
        {"type": "record", "name": record, "namespace": "x", "fields": fields, "version": "1.0"}
    )
    return desk.schemas.create_schema(desk.caller, name=name, schema=text)["schemaArn"]


@pytest.fixture
def group(desk):
    return desk.group()


@pytest.fixture
def old(desk):
    return schema(desk, "old", ID, GENRES)


@pytest.fixture
def items(desk, group, old):
    return desk.datasets.create_dataset(
        desk.caller, name="goods", schema_arn=old, dataset_group_arn=group, dataset_type="Items"
    )["datasetArn"]


def update(desk, dataset, wanted):
    return desk.dataset_updates.update_dataset(desk.caller, dataset_arn=dataset, schema_arn=wanted)


def describe(desk, dataset):
    return desk.datasets.describe_dataset(desk.caller, dataset_arn=dataset)["dataset"]


def test_an_update_holds_at_once_and_is_told(desk, items, old):
    assert describe(desk, items)["latestDatasetUpdate"] is None
    new = schema(desk, "new", ID, GENRES, PRICE)
    assert update(desk, items, new) == {"datasetArn": items}
    dataset = describe(desk, items)
    assert dataset["schemaArn"] == new
    assert dataset["status"] == "ACTIVE"
    told = dataset["latestDatasetUpdate"]
    assert (told["schemaArn"], told["status"]) == (new, "ACTIVE")
    assert told["creationDateTime"] == told["lastUpdatedDateTime"] > dataset["creationDateTime"]


def test_the_schema_that_was_replaced_can_be_deleted_and_the_new_one_cannot(desk, items, old):
    new = schema(desk, "new", ID, GENRES, PRICE)
    update(desk, items, new)
    desk.schemas.delete_schema(desk.caller, schema_arn=old)
    with pytest.raises(ResourceInUseException, match="in use by"):
        desk.schemas.delete_schema(desk.caller, schema_arn=new)


def test_columns_may_stand_in_another_order_and_be_none_more(desk, items):
    update(desk, items, schema(desk, "turned", GENRES, ID))
    assert describe(desk, items)["latestDatasetUpdate"]["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("fields", "record", "text"),
    [
        ((ID, PRICE), "Items", "it lacks the column GENRES; keep every column"),
        (
            (ID, {"name": "GENRES", "type": "string"}, PRICE),
            "Items",
            "it changes the column GENRES",
        ),
        (
            (ID, GENRES, {"name": "PRICE", "type": "float"}),
            "Items",
            'PRICE is added and allows no null; give it the type \\["null", "float"\\]',
        ),
        (
            ({"name": "USER_ID", "type": "string"}, GENRES),
            "Users",
            "its record is 'Users'; name it 'Items'",
        ),
    ],
)
def test_what_is_not_the_old_schema_with_columns_added_is_refused(
    desk, items, fields, record, text
):
    with pytest.raises(InvalidInputException, match=text):
        update(desk, items, schema(desk, "new", *fields, record=record))
    assert describe(desk, items)["latestDatasetUpdate"] is None


def test_only_items_and_users_can_be_updated(desk, group):
    plays = desk.schema()
    clicks = desk.dataset(group, plays)
    with pytest.raises(InvalidInputException, match="of type INTERACTIONS; only a dataset of type"):
        update(desk, clicks, plays)


def test_what_is_not_there_is_not_found(desk, items, old):
    with pytest.raises(ResourceNotFoundException, match="schema/none does not exist"):
        update(desk, items, old.replace("schema/old", "schema/none"))
    with pytest.raises(ResourceNotFoundException, match="USERS does not exist"):
        update(desk, items.replace("ITEMS", "USERS"), old)


def test_an_import_under_way_comes_first(desk, items):
    job = desk.imports.create_dataset_import_job(
        desk.caller,
        job_name="monday",
        dataset_arn=items,
        data_source={"dataLocation": "s3://shop/items.csv"},
    )["datasetImportJobArn"]
    new = schema(desk, "new", ID, GENRES, PRICE)
    with pytest.raises(ResourceInUseException, match="monday is CREATE PENDING; wait until"):
        update(desk, items, new)
    desk.settle(job)
    update(desk, items, new)


def test_a_solution_keeps_in_mind_which_updates_there_were(desk, group, items):
    before = desk.stores.resources.get(desk.solution(group, "before"))
    update(desk, items, schema(desk, "new", ID, GENRES, PRICE))
    after = desk.stores.resources.get(desk.solution(group, "after"))
    assert before.own["datasetUpdates"] == {}
    assert after.own["datasetUpdates"] == {items: 1}
