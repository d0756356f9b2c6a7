from datetime import UTC, datetime, timedelta

from penchant.domain.arns import Kind, Owner
from penchant.domain.renewals import failed, next_at, renewal_of, renewed
from penchant.domain.resources import Resource
from penchant.domain.retries import FIRST

OWNER = Owner("111111111111", "eu-central-1")
TRAINED = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = timedelta(hours=1)


def version(**renewal):
    arn = OWNER.arn(Kind.SOLUTION_VERSION, "best/1")
    own = {"renewal": renewal} if renewal else {}
    return Resource(arn, Kind.SOLUTION_VERSION, OWNER, "1", "ACTIVE", TRAINED, TRAINED, "", {}, own)


def test_the_first_is_counted_from_the_training():
    assert renewal_of(version()) == {}
    assert next_at(version(), TRAINED, 2 * HOURS) == TRAINED + 2 * HOURS


def test_the_artifact_before_is_kept_for_who_still_answers_with_it():
    first = renewed(version(), "artifacts/2", "this", TRAINED + HOURS)
    assert (first["artifact"], first["former"], first["heard"]) == ("artifacts/2", "", "this")
    second = renewed(version(**first), "artifacts/3", "that", TRAINED + 2 * HOURS)
    assert (second["artifact"], second["former"]) == ("artifacts/3", "artifacts/2")
    assert next_at(version(**second), TRAINED, 2 * HOURS) == TRAINED + 4 * HOURS


def test_what_fails_is_tried_again_sooner_and_leaves_what_there_was():
    kept = renewed(version(), "artifacts/2", "this", TRAINED)
    after = failed(version(**kept), TRAINED + HOURS)
    assert (after["artifact"], after["heard"], after["failures"]) == ("artifacts/2", "this", 1)
    assert next_at(version(**after), TRAINED, HOURS) == TRAINED + HOURS + FIRST
    again = failed(version(**after), TRAINED + HOURS)
    assert next_at(version(**again), TRAINED, HOURS) == TRAINED + HOURS + 2 * FIRST


def test_a_success_makes_the_failures_forgotten():
    after = renewed(version(**failed(version(), TRAINED)), "artifacts/2", "this", TRAINED)
    assert "failures" not in after
