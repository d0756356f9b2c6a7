from datetime import timedelta

import pytest

from penchant.domain.retries import pause

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("n_failures", "minutes"), [(0, 60), (1, 1), (2, 2), (6, 32), (7, 60), (5_000, 60)]
)
def test_pauses_grow_up_to_the_usual_one(n_failures, minutes):
    assert pause(n_failures, HOUR) == timedelta(minutes=minutes)


def test_no_pause_is_longer_than_the_usual_one():
    assert pause(1, timedelta(seconds=10)) == timedelta(seconds=10)
