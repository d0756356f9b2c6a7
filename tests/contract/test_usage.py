"""The counts of calls, on SQLite and on PostgreSQL."""

import logging
from datetime import UTC, datetime

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.resources import Resource
from penchant.store.database import writing
from penchant.store.resources import Resources
from penchant.store.tables import usage as table
from penchant.store.usage import Count, Outcome, Tally, Usage

from ..waiting import until

OWNER = Owner("111111111111", "us-east-1")
OTHER = Owner("222222222222", "us-east-1")
CAMPAIGN = OWNER.arn(Kind.CAMPAIGN, "shop")
TRACKER = OWNER.arn(Kind.EVENT_TRACKER, "clicks")
HOUR = 3_600 * 400_000
ASKED = "get_recommendations"
ANSWERED, REFUSED = Outcome.ANSWERED, Outcome.REFUSED


class Seconds:
    """A clock in epoch seconds."""

    now = HOUR

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def resources(engine):
    made, now = Resources(engine), datetime(2026, 1, 1, tzinfo=UTC)
    some = {"created_at": now, "updated_at": now, "owner": OWNER, "status": "ACTIVE"}
    with made.transaction() as tx:
        made.add(tx, Resource(arn=CAMPAIGN, kind=Kind.CAMPAIGN, name="shop", **some))
        made.add(
            tx,
            Resource(arn=TRACKER, kind=Kind.EVENT_TRACKER, name="clicks", alias="id", **some),
        )
    return made


@pytest.fixture
def open_usage(engine, resources, seconds):
    opened = []

    def make(**options):
        opened.append(Usage(engine, resources, seconds, **{"every_s": 60, **options}))
        return opened[-1]

    yield make
    for usage in opened:
        usage.close()


def count(n, total_ms, low_ms, high_ms, *, bucket=HOUR, outcome=ANSWERED):
    return Count(CAMPAIGN, ASKED, outcome, bucket, Tally(n, total_ms, low_ms, high_ms))


def test_calls_are_counted_by_the_minute_and_by_how_they_ended(open_usage, seconds):
    usage = open_usage()
    for taken_ms in (3.0, 1.0, 2.0):
        usage.note(OWNER, CAMPAIGN, ASKED, ANSWERED, taken_ms)
    usage.note(OWNER, CAMPAIGN, ASKED, REFUSED, 4.0)
    seconds.now += 61
    usage.note(OWNER, CAMPAIGN, ASKED, ANSWERED, 5.0)
    assert usage.of(OWNER) == [
        count(3, 6.0, 1.0, 3.0),
        count(1, 5.0, 5.0, 5.0, bucket=HOUR + 60),
        count(1, 4.0, 4.0, 4.0, outcome=REFUSED),
    ]


def test_processes_add_to_the_same_counts(open_usage):
    first, second = open_usage(), open_usage()
    for usage, taken_ms in ((first, 2.0), (second, 1.0), (first, 3.0)):
        usage.note(OWNER, CAMPAIGN, ASKED, ANSWERED, taken_ms)
        usage.of(OWNER)
    assert second.of(OWNER) == [count(3, 6.0, 1.0, 3.0)]


def test_what_is_named_by_an_alias_is_counted_under_its_arn(open_usage):
    usage = open_usage()
    usage.note(OWNER, "id", "put_events", ANSWERED, 1.0)
    usage.note(OWNER, TRACKER, "put_events", ANSWERED, 1.0)
    (found,) = usage.of(OWNER)
    assert (found.resource_arn, found.calls.n) == (TRACKER, 2)


def test_calls_of_what_is_not_there_or_of_another_are_not_counted(open_usage):
    usage = open_usage()
    usage.note(OWNER, f"{CAMPAIGN}-2", ASKED, REFUSED, 1.0)
    usage.note(OTHER, CAMPAIGN, ASKED, REFUSED, 1.0)
    usage.note(OWNER, "\0", "put_events", REFUSED, 1.0)
    assert usage.of(OWNER) == usage.of(OTHER) == []


def test_they_are_written_after_a_moment_and_at_the_end(open_usage):
    open_usage(every_s=0.01).note(OWNER, CAMPAIGN, ASKED, ANSWERED, 1.0)
    late = open_usage()
    late.note(OWNER, CAMPAIGN, ASKED, ANSWERED, 1.0)
    late.close()
    reader = open_usage()
    whole = [count(2, 2.0, 1.0, 1.0)]
    assert until(lambda: reader.of(OWNER), lambda found: found == whole) == whole


def test_old_counts_are_kept_by_the_hour_and_at_last_forgotten(engine, open_usage, seconds):
    usage = open_usage()
    for later, taken_ms in ((0, 4.0), (60, 1.0), (3_540, 9.0), (3_600, 2.0), (3_660, 3.0)):
        seconds.now = HOUR + later
        usage.note(OWNER, CAMPAIGN, ASKED, ANSWERED, taken_ms)
    new = [
        count(1, 2.0, 2.0, 2.0, bucket=HOUR + 3_600),
        count(1, 3.0, 3.0, 3.0, bucket=HOUR + 3_660),
    ]
    usage.of(OWNER)
    for _ in range(2):
        with writing(engine) as tx:
            usage.fold(tx, before=HOUR + 3_600)
        assert usage.of(OWNER) == [count(3, 14.0, 1.0, 9.0), *new]
    with writing(engine) as tx:
        usage.forget(tx, before=HOUR + 3_600)
    assert usage.of(OWNER) == new


def test_beyond_the_capacity_further_resources_are_not_counted(open_usage):
    usage = open_usage(capacity=1)
    usage.note(OWNER, "nowhere", ASKED, REFUSED, 1.0)
    usage.note(OWNER, CAMPAIGN, ASKED, ANSWERED, 1.0)
    assert usage.of(OWNER) == []
    usage.note(OWNER, CAMPAIGN, ASKED, ANSWERED, 1.0)
    usage.note(OWNER, CAMPAIGN, ASKED, ANSWERED, 1.0)
    assert usage.of(OWNER) == [count(2, 2.0, 1.0, 1.0)]


def test_what_a_database_that_fails_did_not_take_is_written_later(engine, open_usage, caplog):
    usage, late = open_usage(), open_usage()
    for name in ("id", TRACKER):
        usage.note(OWNER, name, "put_events", ANSWERED, 1.0)
    with writing(engine) as tx:
        table.drop(tx)
    with caplog.at_level(logging.ERROR):
        usage.close()
    with writing(engine) as tx:
        table.create(tx)
    assert "2 counts of calls cannot be written; trying again" in caplog.text
    usage.close()
    assert [one.calls for one in late.of(OWNER)] == [Tally(2, 2.0, 1.0, 1.0)]
