"""What the tag store promises, on every database."""

import pytest
from sqlalchemy import Engine

from penchant.domain.arns import Kind, Owner
from penchant.domain.errors import ResourceNotFoundException
from penchant.domain.resources import Resource
from penchant.store.resources import Resources
from penchant.store.tags import Tags

ARN = "arn:aws:personalize:us-east-1:000000000000:schema/s"


@pytest.fixture
def tags(engine: Engine, clock) -> Tags:
    resources = Resources(engine)
    owner = Owner("000000000000", "us-east-1")
    with resources.transaction() as tx:
        resources.add(tx, Resource(ARN, Kind.SCHEMA, owner, "s", "", clock(), clock()))
    return Tags(engine)


def test_tags_are_added_replaced_and_taken_off(tags, engine):
    resources = Resources(engine)
    with resources.transaction() as tx:
        tags.put(tx, ARN, {"b": "1", "a": "2"})
        tags.put(tx, ARN, {"b": "3", "Team": ""})
        tags.drop(tx, ARN, ["a", "not there"])
        assert tags.of(ARN, tx) == {"Team": "", "b": "3"}
    assert list(tags.of(ARN)) == ["Team", "b"]


def test_no_tags_are_no_tags(tags, engine):
    with Resources(engine).transaction() as tx:
        tags.put(tx, ARN, {})
        tags.drop(tx, ARN, [])
    assert tags.of(ARN) == {}
    assert tags.of("arn:unknown") == {}


def test_tagging_what_is_not_there_is_refused(tags, engine):
    unknown = pytest.raises(ResourceNotFoundException, match="arn:unknown")
    with Resources(engine).transaction() as tx, unknown:
        tags.put(tx, "arn:unknown", {"a": "b"})


def test_tags_go_with_their_resource(tags, engine):
    resources = Resources(engine)
    with resources.transaction() as tx:
        tags.put(tx, ARN, {"a": "b"})
    with resources.transaction() as tx:
        resources.remove(tx, ARN)
    assert tags.of(ARN) == {}
