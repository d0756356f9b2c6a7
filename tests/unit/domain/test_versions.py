import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource, utc_now
from penchant.domain.versions import artifacts, present_artifact

OWNER = Owner("000000000000", "us-east-1")


def version(**own):
    arn, now = OWNER.arn(Kind.SOLUTION_VERSION, "s/1"), utc_now()
    return Resource(arn, Kind.SOLUTION_VERSION, OWNER, "s/1", "ACTIVE", now, now, "", {}, own)


RENEWED = {"artifact": "artifacts/3-1", "former": "artifacts/2-1", "heard": "", "at": ""}


@pytest.mark.parametrize(
    ("own", "present", "every"),
    [
        ({"artifact": "artifacts/1-1"}, "artifacts/1-1", ["artifacts/1-1"]),
        (
            {"artifact": "artifacts/1-1", "renewal": RENEWED},
            "artifacts/3-1",
            ["artifacts/1-1", "artifacts/3-1", "artifacts/2-1"],
        ),
        (
            {"artifact": "artifacts/1-1", "renewal": {"heard": "", "at": ""}},
            "artifacts/1-1",
            ["artifacts/1-1"],
        ),
    ],
)
def test_the_newest_renewal_answers_and_all_artifacts_are_known(own, present, every):
    assert present_artifact(version(**own)) == present
    assert artifacts(version(**own)) == every


def test_a_version_that_is_not_trained_has_no_artifacts():
    assert artifacts(version()) == []
