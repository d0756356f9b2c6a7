import pytest

from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
)
from penchant.store.events import Event

from ...schemas import avro_text


def test_its_arn_ends_in_group_and_type_not_in_its_name(desk):
    arn = desk.dataset(desk.group("shop"), desk.schema())
    assert arn.endswith(":dataset/shop/INTERACTIONS")
    dataset = desk.datasets.describe_dataset(desk.caller, dataset_arn=arn)["dataset"]
    assert dataset["name"] == "clicks"
    assert dataset["status"] == "ACTIVE"


@pytest.mark.parametrize("sent", ["Interactions", "interactions", "INTERACTIONS"])
def test_its_type_is_told_in_upper_case_however_it_was_sent(desk, sent):
    arn = create(desk, sent)
    assert types_told(desk, arn) == ["INTERACTIONS", "INTERACTIONS"]
    assert desk.stores.resources.get(arn).sent["datasetType"] == "INTERACTIONS"


def test_a_type_kept_in_another_case_is_told_in_upper_case(desk):
    arn = create(desk, "Interactions")
    resources = desk.stores.resources
    with resources.transaction() as tx:
        held = resources.held(tx, arn)
        sent = {**held.sent, "datasetType": "Interactions"}
        resources.change(tx, held, desk.ledger.clock(), sent=sent)
    assert types_told(desk, arn) == ["INTERACTIONS", "INTERACTIONS"]


def create(desk, dataset_type):
    return desk.datasets.create_dataset(
        desk.caller,
        name="clicks",
        schema_arn=desk.schema(),
        dataset_group_arn=desk.group(),
        dataset_type=dataset_type,
    )["datasetArn"]


def types_told(desk, arn):
    listed = desk.datasets.list_datasets(desk.caller)["datasets"]
    described = desk.datasets.describe_dataset(desk.caller, dataset_arn=arn)["dataset"]
    return [described["datasetType"], *(one["datasetType"] for one in listed)]


def test_a_second_dataset_of_a_type_is_refused(desk):
    group, schema = desk.group(), desk.schema()
    desk.dataset(group, schema)
    with pytest.raises(ResourceAlreadyExistsException):
        desk.dataset(group, schema)


def test_a_schema_of_another_type_is_refused(desk):
    with pytest.raises(InvalidInputException, match="does not fit"):
        desk.datasets.create_dataset(
            desk.caller,
            name="things",
            schema_arn=desk.schema(),
            dataset_group_arn=desk.group(),
            dataset_type="Items",
        )


EVENTS = [{"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID", "EVENT_TYPE")]
VISITS = avro_text("Interactions", [*EVENTS, {"name": "TIMESTAMP", "type": "long"}])


@pytest.mark.parametrize(
    ("of_group", "of_schema", "text"),
    [
        ("ECOMMERCE", None, "is of no domain and .* of the domain ECOMMERCE; create a schema of"),
        ("ECOMMERCE", "VIDEO_ON_DEMAND", "is of the domain VIDEO_ON_DEMAND and .* ECOMMERCE"),
        (None, "ECOMMERCE", "is of the domain ECOMMERCE and .* of no domain"),
    ],
)
def test_group_and_schema_are_of_one_domain(desk, of_group, of_schema, text):
    group = desk.group(domain=of_group)
    with pytest.raises(InvalidInputException, match=text):
        desk.dataset(group, desk.schema(schema=VISITS, domain=of_schema))
    assert desk.dataset(group, desk.schema("fitting", VISITS, of_group))


@pytest.mark.parametrize("kind", ["Actions", "Action_Interactions"])
def test_a_domain_has_no_actions(desk, kind):
    with pytest.raises(InvalidInputException, match=f"has no datasets of type {kind.upper()}"):
        desk.datasets.create_dataset(
            desk.caller,
            name="things",
            schema_arn=desk.schema(),
            dataset_group_arn=desk.group(domain="ECOMMERCE"),
            dataset_type=kind,
        )


def test_a_type_that_is_not_offered_is_refused(desk):
    with pytest.raises(InvalidInputException, match="datasetType 'Cars' is not available"):
        desk.datasets.create_dataset(
            desk.caller,
            name="things",
            schema_arn=desk.schema(),
            dataset_group_arn=desk.group(),
            dataset_type="Cars",
        )


def test_an_arn_of_another_kind_is_told_apart_from_a_missing_one(desk):
    schema = desk.schema()
    with pytest.raises(InvalidInputException, match="is the ARN of a schema; give that of a"):
        desk.dataset(schema, schema)


def test_listing_under_an_unknown_group_is_an_error_that_the_list_models(desk):
    missing = "arn:aws:personalize:eu-central-1:111111111111:dataset-group/none"
    with pytest.raises(InvalidInputException, match="dataset-group/none does not exist"):
        desk.datasets.list_datasets(desk.caller, dataset_group_arn=missing)


def test_a_dataset_whose_import_runs_stays(desk):
    arn = desk.dataset(desk.group(), desk.schema())
    desk.imports.create_dataset_import_job(
        desk.caller, job_name="monday", dataset_arn=arn, data_source={"dataLocation": "s3://b/k"}
    )
    with pytest.raises(ResourceInUseException, match="is CREATE PENDING; wait"):
        desk.datasets.delete_dataset(desk.caller, dataset_arn=arn)


def test_deleting_takes_imports_events_and_files_along(desk):
    group = desk.group()
    arn = desk.dataset(group, desk.schema())
    job = desk.imports.create_dataset_import_job(
        desk.caller, job_name="monday", dataset_arn=arn, data_source={"dataLocation": "s3://b/k"}
    )["datasetImportJobArn"]
    desk.settle(job)
    desk.settle(arn, parts=["datasets/1/part.parquet"])
    event = Event(user_id="u", item_id="i", timestamp=1, session_id="s", event_id="e")
    desk.stores.events.append(group, [event]).result()
    desk.datasets.delete_dataset(desk.caller, dataset_arn=arn)
    assert desk.stores.resources.get(job) is None
    assert desk.stores.events.count(group) == 0
    files = [f"datasets/1/part.parquet{ending}" for ending in ("", ".past", ".details")]
    assert desk.queue.of(arn).payload == {"paths": files}
