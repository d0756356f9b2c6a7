from dataclasses import replace
from datetime import timedelta

import pytest

from penchant.domain.arns import Kind
from penchant.domain.resources import utc_now
from penchant.domain.updates import new_update
from penchant.worker.recommenders.schedule import RecommenderSchedule
from penchant.worker.renewal.hearing import heard

VIEWED = "arn:aws:personalize:::recipe/aws-ecomm-popular-items-by-views"
PERSONAL = "arn:aws:personalize:::recipe/aws-ecomm-recommended-for-you"
DAY_H = 24


@pytest.fixture
def schedule(yard, clock):
    return RecommenderSchedule(replace(yard.shop, clock=clock))


@pytest.fixture
def group(yard):
    return yard.get(yard.dataset()).parent_arn


@pytest.fixture
def active(yard, group, clock):
    """A recommender that was trained an hour after its creation."""

    def made(recipe, status="ACTIVE", **own):
        trained_at = (clock.start + timedelta(hours=1)).isoformat()
        own = {"triedAt": trained_at, "heard": heard(yard.shop.stores, group), **own}
        return yard.put(
            Kind.RECOMMENDER,
            "front",
            status=status,
            own=own,
            recipeArn=recipe,
            datasetGroupArn=group,
        )

    return made


def asked(yard, arn):
    job = yard.shop.queue.of(arn)
    return None if job is None else (job.kind, dict(job.payload))


RETRAIN = ("recommend", {"to": "retrain"})


def test_one_is_trained_a_week_after_its_creation_if_something_came(
    yard, schedule, clock, group, active
):
    arn = active(VIEWED)
    clock.at(7 * DAY_H + 0.5)
    schedule.look()
    assert asked(yard, arn) is None
    yard.click(group)
    clock.at(7 * DAY_H - 0.5)
    schedule.look()
    assert asked(yard, arn) is None
    clock.at(7 * DAY_H + 0.5)
    schedule.look()
    assert asked(yard, arn) == RETRAIN


def test_weeks_are_counted_from_the_creation_and_not_from_the_last_training(
    yard, schedule, clock, group, active
):
    arn = active(VIEWED, triedAt=(clock.start + timedelta(days=9)).isoformat())
    yard.click(group)
    clock.at(13.9 * DAY_H)
    schedule.look()
    assert asked(yard, arn) is None
    clock.at(14.1 * DAY_H)
    schedule.look()
    assert asked(yard, arn) == RETRAIN


def test_a_training_that_failed_is_tried_again_soon_and_then_more_and_more_rarely(
    yard, schedule, clock, group, active
):
    tried_at = clock.start + timedelta(days=8)
    arn = active(VIEWED, triedAt=tried_at.isoformat(), failures=3)
    yard.click(group)
    clock.at(8 * DAY_H + 3.9 / 60)
    schedule.look()
    assert asked(yard, arn) is None
    clock.at(8 * DAY_H + 4.1 / 60)
    schedule.look()
    assert asked(yard, arn) == RETRAIN


def test_personal_ones_take_in_what_came_every_two_hours(yard, schedule, clock, group, active):
    arn = active(PERSONAL)
    yard.click(group)
    clock.at(2.9)
    schedule.look()
    assert asked(yard, arn) is None
    clock.at(3.1)
    schedule.look()
    assert asked(yard, arn) == ("renew-recommender", {"heard": heard(yard.shop.stores, group)})


def test_nothing_is_taken_in_once_a_dataset_that_was_learned_from_is_gone(
    yard, schedule, clock, group, active
):
    gone = {f"{group}/ITEMS": clock.start.isoformat()}
    arn = active(PERSONAL, learnedFrom=gone)
    yard.click(group)
    clock.at(3.1)
    schedule.look()
    assert asked(yard, arn) is None


def test_what_a_renewal_heard_is_not_taken_in_again(yard, schedule, clock, group, active):
    yard.click(group)
    renewal = {"heard": heard(yard.shop.stores, group), "at": clock.start.isoformat()}
    arn = active(PERSONAL, renewal=renewal, heard="less")
    clock.at(3)
    schedule.look()
    assert asked(yard, arn) is None
    yard.click(group, 2)
    schedule.look()
    assert asked(yard, arn)[0] == "renew-recommender"


def test_a_renewal_that_failed_is_tried_again_soon(yard, schedule, clock, group, active):
    renewal = {"at": clock.start.isoformat(), "failures": 1}
    arn = active(PERSONAL, renewal=renewal)
    yard.click(group)
    clock.at(0.9 / 60)
    schedule.look()
    assert asked(yard, arn) is None
    clock.at(1.1 / 60)
    schedule.look()
    assert asked(yard, arn)[0] == "renew-recommender"


def test_others_are_not_renewed(yard, schedule, clock, group, active):
    arn = active(VIEWED)
    yard.click(group)
    clock.at(100)
    schedule.look()
    assert asked(yard, arn) is None


@pytest.mark.parametrize("status", ["INACTIVE", "STOP PENDING", "CREATE FAILED"])
def test_only_active_ones_are_kept_fresh(yard, schedule, clock, group, active, status):
    arn = active(PERSONAL, status)
    yard.click(group)
    clock.at(8 * DAY_H)
    schedule.look()
    assert asked(yard, arn) is None


def test_an_update_under_way_is_waited_for(yard, schedule, clock, group, active):
    arn = active(PERSONAL, update=new_update(utc_now(), recommenderConfig={}))
    yard.click(group)
    clock.at(8 * DAY_H)
    schedule.look()
    assert asked(yard, arn) is None


def test_what_is_under_way_is_not_asked_for_again(yard, schedule, clock, group, active):
    arn = active(PERSONAL)
    yard.click(group)
    clock.at(8 * DAY_H)
    schedule.look()
    first = yard.shop.queue.of(arn).id
    schedule.look()
    assert yard.shop.queue.of(arn).id == first


def test_both_can_be_turned_off(yard, clock, group, active):
    off = replace(yard.shop.settings, renewal_s=0, recommender_training_s=0)
    arn = active(PERSONAL)
    yard.click(group)
    clock.at(8 * DAY_H)
    RecommenderSchedule(replace(yard.shop, clock=clock, settings=off)).look()
    assert asked(yard, arn) is None
