"""What may not be done to a resource, by its kind, its status, or who needs it."""

from datetime import UTC, datetime

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.errors import InvalidInputException, ResourceInUseException
from penchant.domain.resources import Resource
from penchant.service.refusals import (
    refuse_busy,
    refuse_in_use,
    refuse_other_kind,
    refuse_unfinished,
    refuse_unready,
)

OWNER = Owner("111111111111", "eu-central-1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def resource(status="ACTIVE", kind=Kind.CAMPAIGN, name="one"):
    return Resource(OWNER.arn(kind, name), kind, OWNER, name, status, NOW, NOW)


def test_an_arn_of_another_kind_is_named_with_the_kind_that_is_wanted():
    refuse_other_kind(resource(), Kind.CAMPAIGN)
    with pytest.raises(InvalidInputException, match="ARN of a campaign; give that of an event-tra"):
        refuse_other_kind(resource(), Kind.EVENT_TRACKER)


def test_what_is_ready_can_be_built_on():
    refuse_unready(resource())
    refuse_unready(resource("", Kind.SCHEMA))
    with pytest.raises(ResourceInUseException, match="is CREATE PENDING; wait until it is ACTIVE"):
        refuse_unready(resource("CREATE PENDING"))
    with pytest.raises(InvalidInputException, match="is CREATE FAILED; create another campaign"):
        refuse_unready(resource("CREATE FAILED"))


def test_what_is_being_made_is_not_deleted():
    refuse_unfinished(resource("CREATE FAILED"))
    with pytest.raises(ResourceInUseException, match="CREATE IN_PROGRESS; it can be deleted once"):
        refuse_unfinished(resource("CREATE IN_PROGRESS"))


def test_who_uses_it_is_named_and_the_others_are_counted():
    users = [resource(name="first"), resource(name="second")]
    refuse_in_use("arn", [])
    with pytest.raises(ResourceInUseException, match=r"in use by .*first and 1 more; delete"):
        refuse_in_use("arn", users)
    with pytest.raises(ResourceInUseException, match=r"arn is in use by .*first; delete what uses"):
        refuse_in_use("arn", users[:1])


def test_what_others_are_being_made_from_is_not_changed():
    dataset = resource(kind=Kind.DATASET, name="shop/ITEMS")
    refuse_busy(dataset, [resource(), resource("CREATE FAILED")])
    busy = resource("CREATE PENDING", Kind.DATASET_IMPORT_JOB, "monday")
    with pytest.raises(ResourceInUseException, match=r"in use: .*monday is CREATE PENDING; wait"):
        refuse_busy(dataset, [resource(), busy])
