import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from penchant.domain.arns import Kind
from penchant.domain.resources import utc_now
from penchant.store.events import Event
from penchant.worker.schedule import Schedule

from ...waiting import until

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


@pytest.fixture
def hasty(yard):
    """A workshop whose schedule looks forty times a second."""
    return replace(yard.shop, settings=replace(yard.shop.settings, auto_training_delay_s=0.1))


def run_until(schedule, done):
    stop = threading.Event()
    runner = threading.Thread(target=schedule.run, args=(stop,))
    runner.start()
    try:
        until(done)
    finally:
        stop.set()
        runner.join(20)
    assert not runner.is_alive()


def test_it_looks_until_it_is_stopped(yard, hasty):
    group = yard.get(yard.dataset()).parent_arn
    yard.shop.stores.events.append(group, [Event(user_id="u", item_id="i", timestamp=1)]).result()
    solution = yard.put(
        Kind.SOLUTION, "best", parent_arn=group, recipeArn=RECIPE, datasetGroupArn=group
    )
    versions = lambda: yard.shop.stores.resources.children(solution)  # noqa: E731
    run_until(Schedule(hasty), versions)
    assert [one.sent["trainingType"] for one in versions()] == ["AUTOMATIC"]


def test_a_database_that_is_away_for_a_while_does_not_end_it(hasty, monkeypatch, caplog):
    schedule, looks = Schedule(hasty), []

    def look():
        looks.append(len(looks))
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(schedule, "look", look)
    run_until(schedule, lambda: len(looks) > 1)
    assert len(looks) > 1
    assert "the schedule cannot reach the database; trying again" in caplog.text


def test_a_chore_that_fails_does_not_hinder_the_others(yard, caplog):
    later = utc_now() + timedelta(hours=3)
    group = yard.get(yard.dataset()).parent_arn
    yard.shop.stores.events.append(group, [Event(user_id="u", item_id="i", timestamp=1)]).result()
    solution = yard.put(
        Kind.SOLUTION, "best", parent_arn=group, recipeArn=RECIPE, datasetGroupArn=group
    )
    version = yard.put(Kind.SOLUTION_VERSION, "other/1", datasetGroupArn=group)
    yard.put(Kind.CAMPAIGN, "broken", own={"serving": {"solutionVersionArn": version}})
    Schedule(replace(yard.shop, clock=lambda: later)).look()
    assert "Renewals cannot tell what is due; going on" in caplog.text
    assert yard.shop.stores.resources.children(solution)


def test_lists_shown_more_than_a_month_ago_are_forgotten(yard):
    shown, now = yard.shop.stores.shown, utc_now()
    shown.note("RID-1", ["a"])
    shown.close()
    Schedule(replace(yard.shop, clock=lambda: now + timedelta(days=29))).look()
    assert shown.find(["RID-1"])
    Schedule(replace(yard.shop, clock=lambda: now + timedelta(days=31))).look()
    assert not shown.find(["RID-1"])
