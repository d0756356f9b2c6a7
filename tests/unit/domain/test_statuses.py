from itertools import pairwise

import pytest

from penchant.domain.statuses import (
    ACTIVE,
    BEING_MADE,
    COMPLETED,
    CREATE_FAILED,
    CREATE_IN_PROGRESS,
    CREATE_PENDING,
    CREATE_STOPPED,
    CREATE_STOPPING,
    FAILED,
    IN_PROGRESS,
    INACTIVE,
    PENDING,
    START_IN_PROGRESS,
    START_PENDING,
    STOP_IN_PROGRESS,
    STOP_PENDING,
    UNFINISHED,
    may_follow,
)

SETTLED = [ACTIVE, CREATE_FAILED, CREATE_STOPPED]


@pytest.mark.parametrize("status", [*sorted(UNFINISHED), *SETTLED])
def test_staying_is_allowed(status):
    assert may_follow(status, status)


@pytest.mark.parametrize("old", SETTLED)
@pytest.mark.parametrize("new", sorted(BEING_MADE))
def test_what_has_settled_is_not_made_again(old, new):
    assert not may_follow(old, new)


@pytest.mark.parametrize("old", sorted(BEING_MADE))
def test_whatever_is_being_made_can_fail(old):
    assert may_follow(old, CREATE_FAILED)


def test_what_is_stopping_never_becomes_active():
    assert may_follow(CREATE_STOPPING, CREATE_STOPPED)
    assert not may_follow(CREATE_STOPPING, ACTIVE)


def test_what_is_in_progress_does_not_go_back():
    assert may_follow(CREATE_PENDING, CREATE_IN_PROGRESS)
    assert not may_follow(CREATE_IN_PROGRESS, CREATE_PENDING)


def test_a_later_update_can_mend_what_failed():
    assert may_follow(CREATE_FAILED, ACTIVE)


@pytest.mark.parametrize(
    "steps",
    [
        (ACTIVE, STOP_PENDING, STOP_IN_PROGRESS, INACTIVE),
        (INACTIVE, START_PENDING, START_IN_PROGRESS, ACTIVE),
        (PENDING, IN_PROGRESS, COMPLETED),
        (PENDING, IN_PROGRESS, FAILED),
    ],
)
def test_recommenders_stop_and_start_and_deletions_end(steps):
    for old, new in pairwise(steps):
        assert may_follow(old, new)
