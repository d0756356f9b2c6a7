"""What answers, and how."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner("000000000000", "us-east-1")
PLAIN = Serving("artifacts/1", "recipe", "group")
WHOLE = Serving(
    "artifacts/1",
    "recipe",
    "group",
    config={"enableMetadataWithRecommendations": True},
    solution_version_arn="version",
    events={"eventType": "buy", "eventValueThreshold": "3"},
)


def campaign(own):
    arn = OWNER.arn(Kind.CAMPAIGN, "c")
    return Resource(arn, Kind.CAMPAIGN, OWNER, "c", "ACTIVE", NOW, NOW, own=own)


@pytest.mark.parametrize("serving", [PLAIN, WHOLE])
def test_what_a_row_keeps_is_read_as_it_was(serving):
    assert Serving.of(campaign({"serving": serving.kept})) == serving


def test_before_there_is_anything_to_answer_with_there_is_none():
    assert Serving.of(campaign({})) is None


def test_a_renewal_changes_the_artifact_alone():
    assert WHOLE.from_artifact("artifacts/2") == replace(WHOLE, artifact="artifacts/2")
