from dataclasses import replace
from functools import partial

import pytest

from penchant.domain.arns import Kind
from penchant.domain.errors import LimitExceededException, ResourceAlreadyExistsException
from penchant.service.quotas import (
    FIELD_QUOTAS,
    GROUP_QUOTAS,
    OWNER_QUOTAS,
    PENDING_QUOTAS,
    Quotas,
)
from penchant.settings import Settings

from .conftest import Desk

DELETE_SOME = "Cannot create a {}. More than 2 resources in ACTIVE state. Please delete some"
PENDING = "More than 2 resources with PENDING or IN_PROGRESS status. Wait until a {} has ended"


def bounded(desk, **most):
    quotas = Quotas.read(Settings(**{f"quota_{name}": value for name, value in most.items()}))
    return Desk(desk.stores, desk.queue, replace(desk.ledger, quotas=quotas), desk.knowledge)


def test_nothing_is_bounded_unless_a_setting_says_so(desk):
    assert Quotas.read(Settings()) == desk.ledger.quotas == Quotas()


def test_every_setting_of_a_quota_bounds_a_kind():
    names = {name for name in Settings.__slots__ if name.startswith("quota_")}
    of_kinds = {*PENDING_QUOTAS.values(), *OWNER_QUOTAS.values(), *GROUP_QUOTAS.values()}
    assert of_kinds | {*FIELD_QUOTAS} == names
    every = Quotas.read(Settings(**dict.fromkeys(names, 7)))
    assert set(every.most) == {*PENDING_QUOTAS, *OWNER_QUOTAS, *GROUP_QUOTAS}
    assert (every.most_fields, every.most_group_fields) == (7, 7)


@pytest.mark.parametrize(("quota", "kind"), [("schemas", "schema"), ("dataset_groups", "group")])
def test_an_owner_has_so_many_of_them(desk, quota, kind):
    desk = bounded(desk, **{quota: 2})
    make = getattr(desk, kind)
    first = make("one"), make("two")
    word = "schema" if kind == "schema" else "dataset-group"
    with pytest.raises(LimitExceededException, match=DELETE_SOME.format(word)):
        make("three")
    if kind == "group":
        desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=first[0])
        make("three")


def test_another_owner_s_do_not_count(desk):
    desk = bounded(desk, dataset_groups=1)
    desk.groups.create_dataset_group(desk.stranger, name="theirs")
    desk.group()
    with pytest.raises(LimitExceededException):
        desk.group("second")


def test_a_taken_name_is_told_before_a_full_quota(desk):
    desk = bounded(desk, dataset_groups=1)
    desk.group()
    with pytest.raises(ResourceAlreadyExistsException):
        desk.group()


def test_what_is_refused_is_not_there(desk):
    desk = bounded(desk, dataset_groups=1)
    desk.group()
    with pytest.raises(LimitExceededException):
        desk.group("second")
    assert len(desk.groups.list_dataset_groups(desk.caller)["datasetGroups"]) == 1


def test_a_group_has_so_many_solutions_and_campaigns_over_all_of_them(desk):
    desk = bounded(desk, solutions=2, campaigns=2)
    group, other = desk.group(), desk.group("other")
    one, two = desk.solution(group, "one"), desk.solution(group, "two")
    with pytest.raises(LimitExceededException, match=DELETE_SOME.format("solution")):
        desk.solution(group, "three")
    elsewhere = desk.solution(other, "three")
    desk.campaign(desk.version(one), "one")
    version = desk.version(two)
    desk.campaign(version, "two")
    with pytest.raises(LimitExceededException, match=DELETE_SOME.format("campaign")):
        desk.campaign(version, "three")
    desk.campaign(desk.version(elsewhere), "three")


def test_so_many_trainings_wait_at_a_time(desk):
    desk = bounded(desk, pending_solution_versions=2)
    solution = desk.solution(desk.group())
    first = desk.version(solution, active=False)
    desk.version(solution, active=False)
    with pytest.raises(LimitExceededException, match=PENDING.format("solution-version")):
        desk.version(solution, active=False)
    desk.settle(first)
    desk.version(solution, active=False)


@pytest.mark.parametrize("kind", [Kind.FILTER, Kind.RECOMMENDER, Kind.DATA_DELETION_JOB])
def test_the_ledger_holds_them_for_whatever_is_written_down(desk, kind):
    ledger = replace(desk.ledger, quotas=Quotas({kind: 2}))
    group = desk.group()
    job = "work" if kind in PENDING_QUOTAS else ""

    def write_down(name):
        with ledger.resources.transaction() as tx:
            ledger.write_down(tx, desk.caller, kind, name, sent={}, parent_arn=group, job=job)

    write_down("one")
    write_down("two")
    with pytest.raises(LimitExceededException):
        write_down("three")


def filtered(conditions):
    return f"INCLUDE ItemID WHERE {conditions}"


GENRES = 'Items.GENRES IN ("odd")'
PRICE = "Items.PRICE > 3"


def test_a_filter_names_so_many_distinct_fields(market):
    desk = bounded(market.desk, filter_fields=1)
    make = partial(desk.filters.create_filter, desk.caller, dataset_group_arn=market.group)
    make(name="one", filter_expression=filtered(f'{GENRES} OR Items.genres IN ("even")'))
    refusal = "The filter would name 2 distinct fields; 1 are the most"
    with pytest.raises(LimitExceededException, match=refusal):
        make(name="two", filter_expression=filtered(f"{GENRES} AND {PRICE}"))
    assert len(desk.filters.list_filters(desk.caller)["Filters"]) == 1


def test_the_filters_of_a_group_name_so_many_distinct_fields_together(market):
    desk = bounded(market.desk, group_filter_fields=1)
    make = partial(desk.filters.create_filter, desk.caller, dataset_group_arn=market.group)
    first = make(name="one", filter_expression=filtered(GENRES))["filterArn"]
    make(name="two", filter_expression=filtered(GENRES))
    refusal = "The dataset group's filters would name 2 distinct fields; 1 are the most"
    with pytest.raises(LimitExceededException, match=refusal):
        make(name="three", filter_expression=filtered(PRICE))
    assert market.desk.filters.describe_filter(desk.caller, filter_arn=first)
