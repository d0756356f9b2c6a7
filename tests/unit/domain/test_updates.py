"""Updates, which have a status of their own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from penchant.domain import statuses
from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource
from penchant.domain.updates import (
    is_updating,
    last_update,
    new_update,
    settled_update,
    shown_update,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)
OWNER = Owner("000000000000", "us-east-1")


@pytest.fixture
def campaign():
    arn = OWNER.arn(Kind.CAMPAIGN, "c")
    return Resource(arn, Kind.CAMPAIGN, OWNER, "c", statuses.ACTIVE, NOW, NOW)


def updated(campaign, update):
    return replace(campaign, own={"update": update})


def test_without_an_update_there_is_nothing_to_wait_for_or_to_show(campaign):
    assert not is_updating(campaign)
    assert shown_update(last_update(campaign)) is None


def test_an_update_runs_until_it_is_settled(campaign):
    running = updated(campaign, new_update(NOW, minProvisionedTPS=2))
    assert is_updating(running)
    failed = updated(campaign, settled_update(running, statuses.CREATE_FAILED, LATER, "no model"))
    assert not is_updating(failed)
    assert shown_update(last_update(failed)) == {
        "minProvisionedTPS": 2,
        "status": statuses.CREATE_FAILED,
        "failureReason": "no model",
        "creationDateTime": NOW,
        "lastUpdatedDateTime": LATER,
    }


def test_an_update_of_before_that_had_one_moment_is_shown_too():
    shown = shown_update({"schemaArn": "s", "at": NOW.isoformat()})
    moments = {"creationDateTime": NOW, "lastUpdatedDateTime": NOW}
    assert shown == {"schemaArn": "s", "status": statuses.ACTIVE, **moments}
