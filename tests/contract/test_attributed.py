"""The sums of metric attributions, on SQLite and on PostgreSQL."""

from dataclasses import replace

import pytest

from penchant.data.attribution import Cell
from penchant.store.attributed import FOLDED, AttributedMetrics
from penchant.store.database import writing

from .meanwhile import meanwhile

ONE = Cell(900, "plays", "watch", "samplecount", "mail", 2.0)
TWO = replace(ONE, bucket=1800, value=5.0)


@pytest.fixture
def sums(engine):
    return AttributedMetrics(engine)


def add(engine, sums, *cells, arn="a", **options):
    with writing(engine) as tx:
        sums.add(tx, arn, cells, **options)


def test_what_comes_again_is_added(engine, sums):
    add(engine, sums, ONE, TWO, ONE)
    add(engine, sums, replace(ONE, source="web"), arn="b")
    assert sums.series("a") == [replace(ONE, value=4.0), TWO]
    assert sums.sources("a") == {"mail"}


def test_sums_that_two_add_at_once_are_both_there(engine, sums):
    def first(tx):
        sums.add(tx, "a", [ONE, TWO])

    meanwhile(engine, first, lambda: add(engine, sums, TWO, replace(ONE, value=3.0), pending=False))
    assert sums.series("a") == [replace(ONE, value=5.0), replace(TWO, value=10.0)]
    assert report(engine, sums, before=9999)
    assert list(sums.reported("a")) == [ONE, TWO]


def test_what_is_added_while_old_buckets_are_folded_is_kept(engine, sums):
    add(engine, sums, ONE, pending=False)

    def first(tx):
        sums.add(tx, "a", [ONE], pending=False)

    def fold():
        with writing(engine) as tx:
            sums.fold(tx, "a", before=9999)

    meanwhile(engine, first, fold)
    assert sums.series("a") == [replace(ONE, bucket=FOLDED, value=4.0)]


def test_totals_and_the_newest_buckets_are_told_of_all(engine, sums):
    add(engine, sums, ONE, TWO)
    add(engine, sums, ONE, arn="b")
    assert sums.totals() == [
        ("a", replace(ONE, bucket=FOLDED, value=7.0)),
        ("b", replace(ONE, bucket=FOLDED)),
    ]
    assert sums.recent(1800) == [("a", TWO)]


def report(engine, sums, before):
    with writing(engine) as tx:
        return sums.begin_report(tx, "a", before)


def end(engine, sums):
    with writing(engine) as tx:
        sums.end_report(tx, "a")


def test_a_report_tells_what_is_pending_once_and_again_until_it_is_written(engine, sums):
    add(engine, sums, ONE, TWO)
    assert report(engine, sums, before=1800)
    add(engine, sums, ONE)
    for _ in range(2):
        assert list(sums.reported("a")) == [ONE]
    end(engine, sums)
    assert list(sums.reported("a")) == []
    assert report(engine, sums, before=2700)
    assert list(sums.reported("a")) == [ONE, TWO]
    end(engine, sums)
    assert not report(engine, sums, before=2700)


def test_what_is_not_to_be_reported_is_not(engine, sums):
    add(engine, sums, ONE, pending=False)
    assert not report(engine, sums, before=9999)
    assert sums.series("a") == [ONE]


def test_old_buckets_are_kept_as_one_sum_once_they_are_told(engine, sums):
    add(engine, sums, ONE, TWO)
    add(engine, sums, replace(ONE, bucket=0, value=1.0), pending=False)
    report(engine, sums, before=1800)
    end(engine, sums)
    for _ in range(2):
        with writing(engine) as tx:
            sums.fold(tx, "a", before=9999)
        assert sums.series("a") == [replace(ONE, bucket=FOLDED, value=3.0), TWO]
    assert sums.totals() == [("a", replace(ONE, bucket=FOLDED, value=8.0))]


def test_the_sums_of_one_can_be_dropped(engine, sums):
    add(engine, sums, ONE)
    add(engine, sums, ONE, arn="b")
    with writing(engine) as tx:
        sums.drop(tx, "a")
    assert [arn for arn, _ in sums.totals()] == ["b"]
