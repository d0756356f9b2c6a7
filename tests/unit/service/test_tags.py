import pytest

from penchant.domain.arns import Kind, public
from penchant.domain.errors import (
    InvalidInputException,
    ResourceNotFoundException,
    TooManyTagKeysException,
    TooManyTagsException,
)

UNTAGGABLE = {Kind.SCHEMA, Kind.METRIC_ATTRIBUTION}


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
        ([{"tagKey": "AWS:x", "tagValue": ""}], "reserved prefix"),
        (tags(1) + tags(1), "'k0' stands twice"),
    ],
)
def test_keys_that_cannot_be_used_are_refused(desk, given, text):
    with pytest.raises(InvalidInputException, match=text):
        desk.tags.tag_resource(desk.caller, resource_arn=desk.group(), tags=given)


@pytest.mark.parametrize("kind", sorted(set(Kind) - UNTAGGABLE))
def test_what_can_carry_tags_gets_them_at_its_creation_and_later(desk, kind):
    with desk.stores.resources.transaction() as tx:
        arn = desk.ledger.write_down(tx, desk.caller, kind, "one", sent={}, tags=tags(1)).arn
    desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(1, start=1))
    assert listed(desk, arn) == tags(2)
    desk.tags.untag_resource(desk.caller, resource_arn=arn, tag_keys=["k0"])
    assert listed(desk, arn) == tags(1, start=1)


@pytest.mark.parametrize("kind", sorted(UNTAGGABLE))
def test_schemas_and_metric_attributions_carry_no_tags(desk, kind):
    with desk.stores.resources.transaction() as tx:
        arn = desk.ledger.write_down(tx, desk.caller, kind, "one", sent={}).arn
    refused = pytest.raises(InvalidInputException, match=f"cannot carry tags, as no {kind} can")
    with refused:
        desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(1))
    with refused:
        desk.tags.untag_resource(desk.caller, resource_arn=arn, tag_keys=["k0"])
    with refused:
        listed(desk, arn)


@pytest.mark.parametrize("word", ["recipe", "algorithm", "feature-transformation"])
def test_what_belongs_to_the_service_carries_no_tags(desk, word):
    refused = pytest.raises(InvalidInputException, match=f"cannot carry tags, as no {word} can")
    with refused:
        desk.tags.tag_resource(desk.caller, resource_arn=public(word, "aws-sims"), tags=tags(1))
    with refused:
        listed(desk, public(word, "aws-sims"))


@pytest.mark.parametrize("arn", ["arn:none", "arn:aws:personalize:eu-central-1:111111111111:x/y"])
def test_what_is_nobody_s_resource_is_not_found(desk, arn):
    with pytest.raises(ResourceNotFoundException, match="does not exist"):
        desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(1))


def test_another_owner_s_tags_are_not_there(desk):
    arn = desk.group()
    with pytest.raises(ResourceNotFoundException):
        desk.tags.list_tags_for_resource(desk.stranger, resource_arn=arn)


def test_keys_differ_by_case_and_a_value_may_be_empty_or_begin_with_the_reserved_prefix(desk):
    given = [{"tagKey": "A", "tagValue": ""}, {"tagKey": "a", "tagValue": "aws:x"}]
    arn = desk.group()
    desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=given)
    assert listed(desk, arn) == given


def test_too_many_tags_at_creation_leave_nothing_behind(desk):
    with pytest.raises(TooManyTagsException, match="51 tags on one resource"):
        desk.groups.create_dataset_group(desk.caller, name="shop", tags=tags(51))
    assert desk.groups.list_dataset_groups(desk.caller)["datasetGroups"] == []


def test_tags_go_with_their_resource(desk):
    arn = desk.group()
    desk.tags.tag_resource(desk.caller, resource_arn=arn, tags=tags(1))
    desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=arn)
    with pytest.raises(ResourceNotFoundException):
        listed(desk, arn)
    assert desk.stores.tags.of(arn) == {}
