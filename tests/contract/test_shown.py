"""What the store of recommended lists promises, on every database."""

import logging

import pytest

from penchant.store.database import writing
from penchant.store.shown import ShownLists
from penchant.store.tables import shown as table


@pytest.fixture
def open_lists(engine, clock):
    opened = []

    def make(**options):
        opened.append(ShownLists(engine, clock, **{"every_s": 0.01, **options}))
        return opened[-1]

    yield make
    for lists in opened:
        lists.close()


def test_lists_are_found_by_id_and_unknown_ids_left_out(open_lists):
    lists = open_lists()
    lists.note("RID-1", ["b", "a", "ü\n"])
    lists.note("RID-2", [])
    lists.close()
    found = lists.find(["RID-2", "RID-1", "RID-3"])
    assert found == {"RID-1": ("b", "a", "ü\n"), "RID-2": ()}


def test_another_process_finds_what_was_written(open_lists):
    first, second = open_lists(), open_lists()
    first.note("RID-1", ["a"])
    first.close()
    assert second.find(["RID-1"]) == {"RID-1": ("a",)}


def test_many_ids_are_looked_up_in_parts(open_lists):
    lists = open_lists()
    names = [f"RID-{n}" for n in range(1_201)]
    for name in names:
        lists.note(name, [name])
    lists.close()
    assert lists.find(names) == {name: (name,) for name in names}


def test_what_was_shown_before_a_moment_is_forgotten(open_lists, engine, clock):
    lists = open_lists()
    lists.note("RID-1", ["a"])
    lists.close()
    later = clock.pass_s(10)
    newer = open_lists()
    newer.note("RID-2", ["a"])
    newer.close()
    with writing(engine) as tx:
        newer.forget_before(tx, later)
    assert list(newer.find(["RID-1", "RID-2"])) == ["RID-2"]


def test_beyond_the_capacity_the_oldest_are_not_kept(open_lists):
    lists = open_lists(capacity=2, every_s=60)
    for name in ("RID-1", "RID-2", "RID-3"):
        lists.note(name, ["a"])
    lists.close()
    assert sorted(lists.find(["RID-1", "RID-2", "RID-3"])) == ["RID-2", "RID-3"]


def test_a_database_that_fails_costs_lists_and_no_answer(open_lists, engine, caplog):
    with writing(engine) as tx:
        table.drop(tx)
    lists = open_lists()
    with caplog.at_level(logging.ERROR):
        lists.note("RID-1", ["a"])
        lists.close()
    assert "1 lists of recommendations are not kept" in caplog.text
    with writing(engine) as tx:
        table.create(tx)
