"""How a solution version came to be."""

from datetime import UTC, datetime

import pytest

from penchant.domain import statuses
from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource
from penchant.domain.training_modes import TrainingMode, newest_in_full, trained_in_full

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner("000000000000", "us-east-1")


def version(number, mode, status=statuses.ACTIVE):
    arn = OWNER.arn(Kind.SOLUTION_VERSION, f"s/{number:08}")
    sent = {} if mode is None else {"trainingMode": mode}
    return Resource(arn, Kind.SOLUTION_VERSION, OWNER, "s", status, NOW, NOW, sent=sent)


@pytest.mark.parametrize(
    ("mode", "full"),
    [(TrainingMode.FULL, True), ("AUTOTRAIN", True), (None, True), ("UPDATE", False)],
)
def test_all_but_an_update_learn_anew(mode, full):
    assert trained_in_full(version(1, mode)) is full


def test_the_newest_in_full_is_active():
    failed = version(4, "FULL", statuses.CREATE_FAILED)
    versions = [failed, version(3, "UPDATE"), version(2, "AUTOTRAIN"), version(1, "FULL")]
    assert newest_in_full(versions) is versions[2]
    assert newest_in_full(versions[:2]) is None
