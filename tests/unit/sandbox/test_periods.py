from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from penchant.sandbox.periods import check_statistics, periods

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Value:
    timestamp: datetime


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_each_value_is_in_the_period_in_which_it_was_taken():
    values = [Value(at(s)) for s in (299, 0, 300, 1500)]
    found = periods(NOON, at(3600), 300, 100).sort(values)
    assert list(found.items()) == [
        (at(0), values[:2]),
        (at(300), [values[2]]),
        (at(1500), [values[3]]),
    ]


def test_values_before_the_start_and_from_the_end_on_are_in_none():
    assert not periods(NOON, at(60), 60, 1).sort([Value(at(-1)), Value(at(60))])


@pytest.mark.parametrize(("length_s", "start_s"), [(60, 0), (300, 0), (30, 30), (1, 47)])
def test_the_first_begins_with_a_whole_minute_or_a_whole_part_of_one(length_s, start_s):
    assert periods(at(47.5), at(600), length_s, 1000).start == at(start_s)


@pytest.mark.parametrize("length_s", [0, -60, -1, 7, 90])
def test_a_length_that_has_no_periods_is_refused(length_s):
    with pytest.raises(ValueError, match=f"Period is {length_s}; .* multiple of 60"):
        periods(NOON, at(3600), length_s, 100_000)


def test_a_period_may_be_longer_than_time_is():
    assert list(periods(NOON, at(60), 60 * 10**17, 1).sort([Value(at(1))])) == [NOON]


def test_more_periods_than_there_may_be_are_refused():
    assert periods(NOON, at(600), 60, 10)
    with pytest.raises(ValueError, match=r"up to 11 datapoints, .* limit of 10.*increasing Period"):
        periods(NOON, at(601), 60, 10)


@pytest.mark.parametrize("end_s", [0, -60])
def test_an_end_that_is_not_after_the_start_is_refused(end_s):
    with pytest.raises(ValueError, match="StartTime must be less than"):
        periods(NOON, at(end_s), 60, 10)


def test_a_statistic_that_is_not_kept_is_refused_by_name():
    check_statistics(["Sum", "Average"])
    with pytest.raises(ValueError, match=r"'p99' is not kept here; ask for SampleCount, Sum"):
        check_statistics(["Sum", "p99"])
