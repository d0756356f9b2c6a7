from dataclasses import replace
from datetime import timedelta

import pytest

from penchant.domain.arns import Kind
from penchant.domain.datasets import action_stream
from penchant.domain.resources import utc_now
from penchant.jobs.states import JobState
from penchant.worker.renewal.hearing import heard
from penchant.worker.renewal.schedule import Renewals
from penchant.worker.renewal.task import Renew
from penchant.worker.training.learned_from import learned_from

from ..conftest import OWNER

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


@pytest.fixture
def renewals(yard, clock):
    return Renewals(replace(yard.shop, clock=clock))


@pytest.fixture
def group(yard):
    return yard.get(yard.dataset()).parent_arn


def deployed(yard, group, *, name="best/1", recipe=RECIPE, own=None, **sent):
    solution = OWNER.arn(Kind.SOLUTION, "best")
    version = yard.put(
        Kind.SOLUTION_VERSION,
        name,
        parent_arn=solution,
        own={"artifact": "artifacts/1-1", **(own or {})},
        recipeArn=recipe,
        datasetGroupArn=group,
        **sent,
    )
    yard.put(
        Kind.CAMPAIGN,
        name.replace("/", "-"),
        own={"serving": {"solutionVersionArn": version, "artifact": "artifacts/1-1"}},
    )
    return version


def asked(yard, version):
    job = yard.shop.queue.of(version)
    return job is not None and job.kind == "renew"


def fail(shop, version):
    """What a worker does when the renewal that was asked for fails."""
    job = shop.queue.claim("tester", 5, kinds=["renew"])
    with shop.stores.resources.transaction() as tx:
        shop.queue.finish(tx, job, JobState.FAILED)
        Renew(shop).fail(tx, job, "no space left on device")
    return job


def test_a_deployed_version_is_renewed_two_hours_later_if_something_came(
    yard, renewals, clock, group
):
    version = deployed(yard, group)
    clock.pass_hours(1.9)
    renewals.look()
    assert not asked(yard, version)
    clock.pass_hours(0.2)
    renewals.look()
    assert asked(yard, version)
    assert yard.shop.queue.of(version).payload == {"heard": heard(yard.shop.stores, group)}


def test_one_that_has_heard_everything_is_not(yard, renewals, clock, group):
    told = heard(yard.shop.stores, group)
    renewal = {"at": clock().isoformat(), "heard": told}
    version = deployed(yard, group, own={"renewal": renewal})
    clock.pass_hours(3)
    renewals.look()
    assert not asked(yard, version)
    yard.click(group)
    renewals.look()
    assert asked(yard, version)


def test_one_that_failed_is_tried_again_soon_though_nothing_came(yard, clock, group):
    shop = replace(yard.shop, clock=clock)
    version, renewals = deployed(yard, group), Renewals(shop)
    clock.pass_hours(3)
    renewals.look()
    for pause_s in (60, 120):
        first = fail(shop, version)
        clock.pass_hours((pause_s - 1) / 3_600)
        renewals.look()
        assert yard.shop.queue.of(version).id == first.id
        clock.pass_hours(2 / 3_600)
        renewals.look()
        assert yard.shop.queue.of(version).id != first.id


@pytest.mark.parametrize("again", [False, True], ids=["gone", "made anew"])
def test_one_that_learned_from_a_dataset_that_was_deleted_is_renewed_no_more(
    yard, renewals, clock, group, again
):
    (dataset,) = yard.shop.stores.resources.children(group, Kind.DATASET)
    learned = learned_from(yard.shop.stores, yard.shop.settings, yard.get(deployed(yard, group)))
    assert learned == {dataset.arn: dataset.created_at.isoformat()}
    version = deployed(yard, group, name="best/2", own={"learnedFrom": learned})
    assert renewals.news(yard.get(version)) is not None
    resources = yard.shop.stores.resources
    with resources.transaction() as tx:
        resources.remove(tx, dataset.arn)
        if again:
            later = dataset.created_at + timedelta(seconds=1)
            resources.add(tx, replace(dataset, created_at=later))
    clock.pass_hours(3)
    renewals.look()
    assert not asked(yard, version)
    assert renewals.news(yard.get(version)) is None


@pytest.mark.parametrize(
    ("recipe", "read"), [("aws-next-best-action", True), ("aws-user-personalization", False)]
)
def test_actions_are_learned_from_by_the_recipes_that_recommend_them(yard, group, recipe, read):
    actions = yard.put(
        Kind.DATASET, "shop/ACTIONS", parent_arn=group, schemaArn="", datasetType="ACTIONS"
    )
    version = deployed(yard, group, recipe=f"arn:aws:personalize:::recipe/{recipe}")
    learned = learned_from(yard.shop.stores, yard.shop.settings, yard.get(version))
    assert (actions in learned) is read


def test_what_is_under_way_is_not_asked_for_again(yard, renewals, clock, group):
    version = deployed(yard, group)
    clock.pass_hours(3)
    renewals.look()
    first = yard.shop.queue.of(version).id
    renewals.look()
    assert yard.shop.queue.of(version).id == first


def test_recipes_that_are_not_renewed_are_left_alone(yard, renewals, clock, group):
    version = deployed(yard, group, recipe="arn:aws:personalize:::recipe/aws-sims")
    clock.pass_hours(3)
    renewals.look()
    assert not asked(yard, version)


@pytest.mark.parametrize("wanted", [True, False])
def test_incremental_updates_come_every_half_hour_where_wanted(
    yard, renewals, clock, group, wanted
):
    recipe = "arn:aws:personalize:::recipe/aws-semantic-similarity"
    version = deployed(yard, group, recipe=recipe, performIncrementalUpdate=wanted)
    clock.pass_hours(0.4)
    renewals.look()
    assert not asked(yard, version)
    clock.pass_hours(0.2)
    renewals.look()
    assert asked(yard, version) == wanted


def test_a_solution_that_was_updated_says_whether_updates_come(yard, renewals, clock, group):
    recipe = "arn:aws:personalize:::recipe/aws-semantic-similarity"
    version = deployed(yard, group, recipe=recipe, performIncrementalUpdate=False)
    yard.put(Kind.SOLUTION, "best", performIncrementalUpdate=True)
    clock.pass_hours(0.6)
    renewals.look()
    assert asked(yard, version)


def test_an_installation_can_do_without(yard, clock, group):
    off = replace(yard.shop, clock=clock, settings=replace(yard.shop.settings, renewal_s=0))
    version = deployed(yard, group)
    clock.pass_hours(3)
    Renewals(off).look()
    assert not asked(yard, version)


def test_only_the_newest_version_is_renewed_and_none_after_an_update(yard, renewals, clock, group):
    old = deployed(yard, group)
    new = deployed(yard, group, name="best/2", trainingMode="UPDATE")
    clock.pass_hours(3)
    renewals.look()
    assert not asked(yard, old)
    assert not asked(yard, new)


def test_everything_that_changes_data_is_heard(yard, group):
    stores, seen = yard.shop.stores, [heard(yard.shop.stores, group)]
    yard.click(group)
    seen.append(heard(stores, group))
    dataset = yard.shop.stores.resources.children(group, Kind.DATASET)[0]
    with stores.resources.transaction() as tx:
        held = stores.resources.held(tx, dataset.arn)
        stores.resources.change(tx, held, utc_now(), own={"parts": ["parts/1.parquet"]})
    seen.append(heard(stores, group))
    with stores.resources.transaction() as tx:
        stores.records.put(tx, dataset.arn, {"i": {}}, utc_now())
    seen.append(heard(stores, group))
    yard.click(action_stream(group))
    seen.append(heard(stores, group))
    assert len(set(seen)) == len(seen)
    assert heard(stores, group) == seen[-1]
