import pytest

from penchant.domain.errors import (
    InvalidInputException,
    ResourceNotFoundException,
    TooManyTagKeysException,
    TooManyTagsException,
)


def tags(n, start=0):
    return [{"tagKey": f"k{i}", "tagValue": str(i)} for i in range(start, start + n)]


def listed(desk, arn):
    return desk.tags.list_tags_for_resource(desk.caller, resource_arn=arn)["tags"]


def test_tags_given_at_creation_are_listed_and_not_described(desk):
    arn = desk.groups.create_dataset_group(desk.caller, name="shop", tags=tags(2))[
        "datasetGroupArn"
    ]
    assert listed(desk, arn) == tags(2)
    group = desk.groups.describe_dataset_group(desk.caller, dataset_group_arn=arn)
    assert "tags" not in group["datasetGroup"]


def test_a_key_that_is_there_gets_the_new_value(desk):
    arn = desk.group()
    desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(1))
    desk.tags.tag_resource(
        desk.caller, resource_arn=arn, tags=[{"tagKey": "k0", "tagValue": "new"}]
    )
    assert listed(desk, arn) == [{"tagKey": "k0", "tagValue": "new"}]


def test_untagging_passes_over_what_is_not_there(desk):
    arn = desk.group()
    desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(2))
    desk.tags.untag_resource(desk.caller, resource_arn=arn, tag_keys=["k0", "other"])
    assert listed(desk, arn) == tags(1, start=1)


def test_fifty_tags_are_the_most(desk):
    arn = desk.group()
    desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(50))
    with pytest.raises(TooManyTagsException, match="51 tags on one resource"):
        desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(1, start=50))
    with pytest.raises(TooManyTagKeysException, match="51 tag keys in one request"):
        desk.tags.untag_resource(desk.caller, resource_arn=arn, tag_keys=["k"] * 51)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ([{"tagKey": "aws:x", "tagValue": ""}], "reserved prefix"),
        (tags(1) + tags(1), "'k0' stands twice"),
    ],
)
def test_keys_that_cannot_be_used_are_refused(desk, given, text):
    with pytest.raises(InvalidInputException, match=text):
        desk.tags.tag_resource(desk.caller, resource_arn=desk.group(), tags=given)


def test_schemas_carry_no_tags(desk):
    with pytest.raises(InvalidInputException, match="a schema cannot carry tags"):
        desk.tags.tag_resource(desk.caller, resource_arn=desk.schema(), tags=tags(1))


def test_tags_go_with_their_resource(desk):
    arn = desk.group()
    desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(1))
    desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=arn)
    with pytest.raises(ResourceNotFoundException):
        listed(desk, arn)
    assert desk.stores.tags.of(arn) == {}


def test_a_key_given_twice_in_one_request_is_refused(desk):
    with pytest.raises(InvalidInputException, match="Tag key 'k0' stands twice; give each key"):
        desk.tags.tag_resource(desk.caller, resource_arn=desk.group(), tags=tags(1) + tags(1))
