import json

import pytest

from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
)


def test_the_text_comes_back_byte_for_byte(desk):
    text = desk.interactions.replace(": ", " :  ")
    arn = desk.schemas.create_schema(desk.caller, name="plays", schema=text)["schemaArn"]
    assert arn == "arn:aws:personalize:eu-central-1:111111111111:schema/plays"
    described = desk.schemas.describe_schema(desk.caller, schema_arn=arn)["schema"]
    assert described["schema"] == text
    assert set(described) == {
        "name", "schema", "schemaArn", "creationDateTime", "lastUpdatedDateTime",
    }  # fmt: skip


def test_a_second_schema_of_a_name_is_refused(desk):
    desk.schema("plays")
    with pytest.raises(ResourceAlreadyExistsException, match=r"schema/plays already exists"):
        desk.schema("plays")


def test_a_schema_that_is_no_avro_is_refused_with_the_reason(desk):
    with pytest.raises(InvalidInputException, match="Schema 'plays' is not valid"):
        desk.schemas.create_schema(desk.caller, name="plays", schema="{}")


def test_a_schema_of_a_domain_has_to_have_its_fields_and_shows_it(desk):
    create = desk.schemas.create_schema
    with pytest.raises(InvalidInputException, match="lacks the required field EVENT_TYPE"):
        create(desk.caller, name="plays", schema=desk.interactions, domain="ECOMMERCE")
    fields = json.loads(desk.interactions)
    fields["fields"].append({"name": "EVENT_TYPE", "type": "string"})
    arn = create(desk.caller, name="plays", schema=json.dumps(fields), domain="ECOMMERCE")[
        "schemaArn"
    ]
    described = desk.schemas.describe_schema(desk.caller, schema_arn=arn)["schema"]
    assert described["domain"] == "ECOMMERCE"
    assert desk.schemas.list_schemas(desk.caller)["schemas"][0]["domain"] == "ECOMMERCE"


def test_a_schema_in_use_stays(desk):
    schema = desk.schema()
    dataset = desk.dataset(desk.group(), schema)
    with pytest.raises(ResourceInUseException, match=f"is in use by {dataset}; delete"):
        desk.schemas.delete_schema(desk.caller, schema_arn=schema)


def test_a_deleted_schema_is_gone_and_its_name_free(desk):
    arn = desk.schema()
    desk.schemas.delete_schema(desk.caller, schema_arn=arn)
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {arn} does not exist."):
        desk.schemas.describe_schema(desk.caller, schema_arn=arn)
    assert desk.schema() == arn


def test_another_account_sees_nothing(desk):
    arn = desk.schema()
    with pytest.raises(ResourceNotFoundException):
        desk.schemas.describe_schema(desk.stranger, schema_arn=arn)
    assert desk.schemas.list_schemas(desk.stranger)["schemas"] == []


def test_lists_are_newest_first_and_paged(desk):
    arns = [desk.schema(f"s{n}") for n in range(5)]
    seen, token = [], None
    for _ in range(3):
        page = desk.schemas.list_schemas(desk.caller, max_results=2, next_token=token)
        seen += [summary["schemaArn"] for summary in page["schemas"]]
        token = page["nextToken"]
    assert token is None
    assert seen == arns[::-1]
