from datetime import UTC, datetime, timedelta

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.auto_training import days_of, due_at, trains_itself
from penchant.domain.resources import Resource

START = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner("000000000000", "us-east-1")
HOUR = timedelta(hours=1)


def made(kind, hours=0.0, own=None, **sent):
    at = START + timedelta(hours=hours)
    return Resource("arn", kind, OWNER, "best", "ACTIVE", at, at, sent=sent, own=own or {})


def version(hours, mode="FULL"):
    return made(Kind.SOLUTION_VERSION, hours, trainingMode=mode)


def solution(expression=None, **own):
    config = {"solutionConfig": {"autoTrainingConfig": {"schedulingExpression": expression}}}
    return made(Kind.SOLUTION, own=own, **(config if expression else {}))


def hours_until_due(one, *versions):
    return (due_at(one, versions, HOUR) - START) / HOUR


def test_a_solution_trains_itself_unless_somebody_said_no():
    assert trains_itself({})
    assert trains_itself({"performAutoTraining": True})
    assert not trains_itself({"performAutoTraining": False})


@pytest.mark.parametrize(("text", "days"), [("rate(1 day)", 1), ("rate(30 days)", 30)])
def test_an_expression_says_days(text, days):
    assert days_of(text) == days


def test_the_first_training_comes_after_the_delay():
    assert hours_until_due(solution()) == 1


def test_a_version_within_the_delay_stands_for_the_first_training():
    assert hours_until_due(solution(), version(0.5)) == 0.5 + 7 * 24


def test_the_next_one_follows_the_beginning_of_the_last_by_the_interval():
    daily = solution("rate(1 day)")
    assert hours_until_due(daily, version(50, "AUTOTRAIN"), version(2)) == 74


def test_an_update_is_no_training():
    assert hours_until_due(solution("rate(1 day)"), version(20, "UPDATE"), version(2)) == 26


def test_turned_on_later_it_begins_after_the_delay_whatever_there_was():
    turned_on = solution(trainsSince=(START + 10 * HOUR).isoformat())
    assert hours_until_due(turned_on, version(2)) == 11
    assert hours_until_due(turned_on, version(10.5), version(2)) == 10.5 + 7 * 24
