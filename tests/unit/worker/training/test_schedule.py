import json
from dataclasses import replace

import pytest

from penchant.domain.arns import Kind
from penchant.domain.resources import utc_now
from penchant.worker.renewal.hearing import heard, tells_news
from penchant.worker.training.schedule import AutoTraining

PERSONAL = "arn:aws:personalize:::recipe/aws-user-personalization"
SEMANTIC = "arn:aws:personalize:::recipe/aws-semantic-similarity"
DAILY = {"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}}


@pytest.fixture
def looking(yard, clock):
    return AutoTraining(replace(yard.shop, clock=clock))


@pytest.fixture
def group(yard):
    return yard.get(yard.dataset()).parent_arn


def solution(yard, group, recipe=PERSONAL, own=None, **sent):
    return yard.put(
        Kind.SOLUTION,
        "best",
        parent_arn=group,
        own=own,
        recipeArn=recipe,
        datasetGroupArn=group,
        **sent,
    )


def versions(yard, arn):
    return yard.shop.stores.resources.children(arn, Kind.SOLUTION_VERSION)


def end(yard, version, status="ACTIVE", **own):
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.mark(tx, version.arn, status, **own)


def trained(yard, version, group):
    end(yard, version, heard=heard(yard.shop.stores, group), artifact="artifacts/1")


def test_the_first_training_comes_within_the_hour(yard, looking, clock, group):
    arn = solution(yard, group)
    yard.click(group)
    clock.pass_hours(0.9)
    looking.look()
    assert versions(yard, arn) == []
    clock.pass_hours(0.2)
    looking.look()
    (version,) = versions(yard, arn)
    assert version.status == "CREATE PENDING"
    assert version.sent["trainingType"] == "AUTOMATIC"
    assert version.sent["trainingMode"] == "AUTOTRAIN"
    assert version.sent["recipeArn"] == PERSONAL
    assert yard.shop.queue.of(version.arn).kind == "train"


def test_one_that_is_under_way_is_not_asked_for_again(yard, looking, clock, group):
    arn = solution(yard, group)
    yard.click(group)
    clock.pass_hours(2)
    looking.look()
    clock.pass_hours(24 * 8)
    looking.look()
    assert len(versions(yard, arn)) == 1


def test_the_next_comes_after_the_interval_if_something_came(yard, looking, clock, group):
    arn = solution(yard, group, solutionConfig=DAILY)
    yard.click(group)
    clock.pass_hours(2)
    looking.look()
    trained(yard, versions(yard, arn)[0], group)
    clock.pass_hours(23.9)
    yard.click(group, 2)
    looking.look()
    assert len(versions(yard, arn)) == 1
    clock.pass_hours(0.2)
    looking.look()
    assert len(versions(yard, arn)) == 2
    trained(yard, versions(yard, arn)[0], group)
    clock.pass_hours(100)
    looking.look()
    assert len(versions(yard, arn)) == 2
    yard.click(group, 3)
    looking.look()
    assert len(versions(yard, arn)) == 3


def test_a_version_made_by_hand_within_the_hour_stands_for_the_first(yard, looking, clock, group):
    arn = solution(yard, group)
    yard.click(group)
    version = yard.put(Kind.SOLUTION_VERSION, "best/1", parent_arn=arn, trainingMode="FULL")
    trained(yard, yard.get(version), group)
    yard.click(group, 2)
    clock.pass_hours(24 * 6.9)
    looking.look()
    assert len(versions(yard, arn)) == 1
    clock.pass_hours(24 * 0.2)
    looking.look()
    assert len(versions(yard, arn)) == 2


def test_a_training_that_failed_is_tried_again_an_interval_later(yard, looking, clock, group):
    arn = solution(yard, group, solutionConfig=DAILY)
    yard.click(group)
    clock.pass_hours(2)
    looking.look()
    end(yard, versions(yard, arn)[0], "CREATE FAILED")
    looking.look()
    assert len(versions(yard, arn)) == 1
    clock.pass_hours(25)
    looking.look()
    assert len(versions(yard, arn)) == 2


def test_nothing_is_trained_before_there_is_any_data(yard, looking, clock, group):
    arn = solution(yard, group)
    clock.pass_hours(24 * 30)
    looking.look()
    assert versions(yard, arn) == []


@pytest.mark.parametrize(("recipe", "n_versions"), [(PERSONAL, 0), (SEMANTIC, 1)])
def test_items_are_news_where_no_interactions_are_needed(
    yard, looking, clock, group, recipe, n_versions
):
    arn = solution(yard, group, recipe)
    items = yard.put(Kind.DATASET, "shop/ITEMS", parent_arn=group, datasetType="Items")
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.stores.records.put(tx, items, {"i": {}}, utc_now())
    clock.pass_hours(2)
    looking.look()
    assert len(versions(yard, arn)) == n_versions


@pytest.mark.parametrize("told", [{"performAutoTraining": False}, {"status": "CREATE FAILED"}])
def test_who_does_not_train_itself_is_left_alone(yard, looking, clock, group, told):
    arn = solution(yard, group, **told)
    yard.click(group)
    clock.pass_hours(2)
    looking.look()
    assert versions(yard, arn) == []


def test_an_installation_can_do_without(yard, clock, group):
    off = replace(yard.shop.settings, auto_training_delay_s=0)
    arn = solution(yard, group)
    yard.click(group)
    clock.pass_hours(2)
    AutoTraining(replace(yard.shop, clock=clock, settings=off)).look()
    assert versions(yard, arn) == []


def test_two_processes_that_look_at_once_ask_once(yard, looking, clock, group):
    arn = solution(yard, group)
    yard.click(group)
    clock.pass_hours(2)
    solution_seen_by_both = yard.get(arn)
    looking._ask(solution_seen_by_both)
    looking._ask(solution_seen_by_both)
    assert len(versions(yard, arn)) == 1


def test_a_solution_that_was_just_deleted_is_passed_over(yard, looking, clock, group):
    seen = yard.get(solution(yard, group))
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.stores.resources.remove(tx, seen.arn)
    looking._ask(seen)
    assert versions(yard, seen.arn) == []


def test_a_full_quota_is_waited_for(yard, clock, group, caplog):
    tight = replace(yard.shop.settings, quota_pending_solution_versions=1)
    looking = AutoTraining(replace(yard.shop, clock=clock, settings=tight))
    arn = solution(yard, group)
    waiting = yard.put(Kind.SOLUTION_VERSION, "other/1", job="train")
    yard.click(group)
    clock.pass_hours(2)
    looking.look()
    assert versions(yard, arn) == []
    assert "is not trained yet: More than 1 resources" in caplog.text
    end(yard, yard.get(waiting))
    looking.look()
    assert len(versions(yard, arn)) == 1


def told(events=0, actions=0, parts=(), put_at=()):
    return json.dumps([events, actions, list(parts), list(put_at)])


@pytest.mark.parametrize(
    ("now", "interactions", "other"),
    [
        (told(), False, False),
        (told(put_at=[None, None]), False, False),
        (told(events=1), True, True),
        (told(actions=1), True, True),
        (told(parts=["datasets/a/r/shop/INTERACTIONS/1-1.parquet"]), True, True),
        (told(parts=["datasets/a/r/shop/ACTION_INTERACTIONS/1-1.parquet"]), True, True),
        (told(parts=["datasets/a/r/shop/ITEMS/1-1.parquet"]), False, True),
        (told(put_at=[None, "2026-01-01"]), False, True),
    ],
)
def test_what_is_news(now, interactions, other):
    assert tells_news(now, None, of_interactions=True) == interactions
    assert tells_news(now, None, of_interactions=False) == other
    assert not tells_news(now, now, of_interactions=True)
    assert not tells_news(now, now, of_interactions=False)


def test_what_an_older_version_heard_can_be_compared():
    part = "datasets/a/r/shop/INTERACTIONS/1-1.parquet"
    older = json.dumps([3, [part], [None]])
    for of_interactions in (True, False):
        assert not tells_news(told(3, 0, [part]), older, of_interactions=of_interactions)
        assert tells_news(told(3, 1, [part]), older, of_interactions=of_interactions)


def test_a_solution_that_chooses_its_recipe_chooses_again(yard, looking, clock, group):
    arn = yard.put(
        Kind.SOLUTION, "best", parent_arn=group, datasetGroupArn=group, performAutoML=True
    )
    yard.click(group)
    clock.pass_hours(2)
    looking.look()
    (version,) = versions(yard, arn)
    assert version.sent["performAutoML"] is True
    assert "recipeArn" not in version.sent
