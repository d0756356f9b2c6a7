"""What the resource store promises, on every database."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from penchant.domain.arns import Kind, Owner
from penchant.domain.errors import (
    InvalidNextTokenException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from penchant.domain.resources import Resource
from penchant.store.database import connect
from penchant.store.resources import Resources

OWNER = Owner("000000000000", "us-east-1")
START = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


def group(name: str, *, at: datetime = START, owner: Owner = OWNER) -> Resource:
    arn = owner.arn(Kind.DATASET_GROUP, name)
    return Resource(arn, Kind.DATASET_GROUP, owner, name, "CREATE PENDING", at, at)


@pytest.fixture
def resources(engine: Engine) -> Resources:
    return Resources(engine)


def keep(resources: Resources, *new: Resource) -> None:
    with resources.transaction() as tx:
        for resource in new:
            resources.add(tx, resource)


def names(page: list[Resource]) -> list[str]:
    return [resource.name for resource in page]


def test_a_resource_comes_back_as_it_went_in(resources):
    sent = {"z": 1, "a": [None, True, 0.1, "ü\U0001f600\0"], "m": {"y": {}, "b": ""}}
    resource = replace(
        group("shop"), parent_arn="p", sent=sent, own={"path": "x"}, alias="t-1", failure_reason="f"
    )
    keep(resources, resource)
    found = resources.get(resource.arn)
    assert found == resource
    assert found is not None
    assert list(found.sent) == ["z", "a", "m"]


def test_an_unknown_arn_and_an_unknown_alias_find_nothing(resources):
    assert resources.get("arn:nothing") is None
    assert resources.by_alias("nothing") is None


def test_a_text_that_cannot_be_kept_finds_nothing(resources):
    assert resources.get("bad\0") is None
    assert resources.by_alias("bad\0") is None
    assert resources.page(OWNER, Kind.SCHEMA, parent_arn="bad\0") == ([], None)


def test_an_alias_finds_its_resource_and_many_may_have_none(resources):
    keep(resources, group("a"), group("b"), replace(group("c"), alias="tracking"))
    found = resources.by_alias("tracking")
    assert found is not None
    assert found.name == "c"
    assert resources.by_alias("") is None


def test_a_taken_arn_is_refused_and_the_transaction_stays_usable(resources):
    keep(resources, group("shop"))
    with resources.transaction() as tx:
        with pytest.raises(ResourceAlreadyExistsException, match="dataset-group/shop"):
            resources.add(tx, group("shop"))
        resources.add(tx, group("other"))
    assert resources.get(group("other").arn) is not None


def test_a_taken_alias_is_refused(resources):
    keep(resources, replace(group("a"), alias="t"))
    with (
        pytest.raises(ValueError, match=r"alias 't' of .*dataset-group/b is taken; choose another"),
        resources.transaction() as tx,
    ):
        resources.add(tx, replace(group("b"), alias="t"))


def test_an_exception_undoes_the_whole_transaction(resources):
    with pytest.raises(KeyError), resources.transaction() as tx:  # noqa: PT012
        resources.add(tx, group("shop"))
        raise KeyError
    assert resources.get(group("shop").arn) is None


def test_a_transaction_sees_its_own_writes_and_others_do_not(resources):
    with resources.transaction() as tx:
        resources.add(tx, group("shop"))
        assert resources.get(group("shop").arn, tx) is not None
        assert resources.get(group("shop").arn) is None


def test_a_change_replaces_what_is_named_and_leaves_the_rest(resources):
    keep(resources, replace(group("shop"), sent={"name": "shop"}))
    later = START + timedelta(seconds=1)
    with resources.transaction() as tx:
        held = resources.held(tx, group("shop").arn)
        changed = resources.change(
            tx, held, later, status="CREATE FAILED", failure_reason="no", own={"n": 1}
        )
    assert changed == resources.get(group("shop").arn)
    assert (changed.status, changed.failure_reason, changed.own) == (
        "CREATE FAILED",
        "no",
        {"n": 1},
    )
    assert (changed.sent, changed.created_at, changed.updated_at) == (
        {"name": "shop"},
        START,
        later,
    )


def test_a_change_may_move_a_resource_and_clear_its_failure(resources):
    keep(resources, replace(group("shop"), failure_reason="no", parent_arn="old", sent={"a": 1}))
    with resources.transaction() as tx:
        held = resources.held(tx, group("shop").arn)
        resources.change(tx, held, START, failure_reason="", parent_arn="new", sent={})
    assert names(resources.children("new")) == ["shop"]
    found = resources.get(group("shop").arn)
    assert found is not None
    assert (found.failure_reason, found.sent) == ("", {})


def test_a_status_that_may_not_follow_is_refused(resources):
    keep(resources, group("shop"), replace(group("schema"), status=""))
    with resources.transaction() as tx:
        shop, schema = (resources.held(tx, group(name).arn) for name in ("shop", "schema"))
        with pytest.raises(ValueError, match="is CREATE PENDING and cannot become DELETE PENDING"):
            resources.change(tx, shop, START, status="DELETE PENDING")
        with pytest.raises(ValueError, match="is without status and cannot become ACTIVE"):
            resources.change(tx, schema, START, status="ACTIVE")


def test_removing_what_is_not_there_is_refused(resources):
    with (
        resources.transaction() as tx,
        pytest.raises(ResourceNotFoundException, match="arn:gone"),
    ):
        resources.remove(tx, "arn:gone")


def test_what_is_not_there_cannot_be_held(resources):
    with resources.transaction() as tx:
        assert resources.held(tx, "arn:gone") is None
        assert resources.held(tx, "bad\0") is None


def test_a_removed_resource_is_gone_and_its_name_is_free(resources):
    keep(resources, group("shop"))
    with resources.transaction() as tx:
        resources.remove(tx, group("shop").arn)
    assert resources.get(group("shop").arn) is None
    keep(resources, group("shop"))


def test_a_page_is_newest_first_and_of_one_owner_and_kind(resources):
    other = Owner("111111111111", "us-east-1")
    abroad = Owner("000000000000", "eu-west-1")
    schema = replace(group("s"), arn=OWNER.arn(Kind.SCHEMA, "s"), kind=Kind.SCHEMA)
    keep(resources, *(group(name, at=START) for name in "ab"))
    keep(resources, group("c", at=START - timedelta(days=1)))
    keep(resources, schema, group("x", owner=other), group("y", owner=abroad))
    page, cursor = resources.page(OWNER, Kind.DATASET_GROUP)
    assert (names(page), cursor) == (["b", "a", "c"], None)


def test_pages_continue_behind_the_cursor_though_resources_come_and_go(resources):
    keep(resources, *(group(f"g{n}", at=START + timedelta(seconds=n)) for n in range(5)))
    first, cursor = resources.page(OWNER, Kind.DATASET_GROUP, limit=2)
    keep(resources, group("newer", at=START + timedelta(days=1)))
    with resources.transaction() as tx:
        resources.remove(tx, group("g3").arn)
        resources.remove(tx, group("g2").arn)
    second, cursor = resources.page(OWNER, Kind.DATASET_GROUP, limit=2, after=cursor)
    assert (names(first), names(second), cursor) == (["g4", "g3"], ["g1", "g0"], None)


def test_a_full_last_page_has_no_cursor(resources):
    keep(resources, group("a"), group("b"))
    assert resources.page(OWNER, Kind.DATASET_GROUP, limit=2)[1] is None


def test_a_cursor_of_another_list_is_refused(resources):
    keep(resources, *(replace(group(name), parent_arn="p") for name in "abc"))
    _, cursor = resources.page(OWNER, Kind.DATASET_GROUP, limit=1, parent_arn="p")
    with pytest.raises(InvalidNextTokenException, match="was not returned by this list"):
        resources.page(OWNER, Kind.DATASET_GROUP, limit=1, after=cursor)


def test_children_are_what_is_listed_under_a_resource(resources):
    keep(resources, replace(group("a"), parent_arn="p"), replace(group("b"), parent_arn="q"))
    schema = replace(group("s"), arn="arn:s", kind=Kind.SCHEMA, parent_arn="p")
    keep(resources, schema)
    assert names(resources.children("p")) == ["s", "a"]
    assert names(resources.children("p", Kind.SCHEMA)) == ["s"]
    assert names(resources.page(OWNER, Kind.DATASET_GROUP, parent_arn="q")[0]) == ["b"]
    with resources.transaction() as tx:
        resources.remove(tx, "arn:s")
        assert names(resources.children("p", tx=tx)) == ["a"]


def test_what_is_worked_out_from_a_held_row_is_never_lost(resources, database_url):
    keep(resources, replace(group("shop"), own={"n": 0}))
    engine = connect(database_url)

    def count_up(store: Resources) -> None:
        for _ in range(20):
            with store.transaction() as tx:
                held = store.held(tx, group("shop").arn)
                assert held is not None
                store.change(tx, held, START, own={"n": held.own["n"] + 1})

    threads = [
        threading.Thread(target=count_up, args=(store,)) for store in (resources, Resources(engine))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    found = resources.get(group("shop").arn)
    assert found is not None
    assert found.own == {"n": 40}


def test_a_naive_time_is_refused(resources):
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(Exception, match="offset-naive"):
        keep(resources, group("shop", at=naive))


def test_an_owner_s_resources_are_counted_by_kind_and_status(resources):
    other = replace(OWNER, region="eu-west-1")
    done = replace(group("done"), status="ACTIVE")
    keep(resources, group("shop"), done, group("theirs", owner=other))
    count = resources.count
    assert count(OWNER, Kind.DATASET_GROUP) == 2
    assert count(OWNER, Kind.DATASET_GROUP, {"CREATE PENDING"}) == 1
    assert count(OWNER, Kind.SCHEMA) == 0
    with resources.transaction() as tx:
        resources.remove(tx, done.arn)
        assert count(OWNER, Kind.DATASET_GROUP, tx=tx) == 1
