import itertools

import pytest

from ..waiting import until


def test_the_first_answer_that_counts_is_returned():
    answers = iter(["", None, "here", "later"])
    assert until(lambda: next(answers), every_s=0) == "here"


def test_what_is_good_can_be_said():
    assert until(itertools.count().__next__, lambda number: number > 3, every_s=0) == 4


def test_what_never_comes_fails_with_the_last_answer():
    with pytest.raises(AssertionError, match=r"waited for 0\.01 s; the last answer was \[\]"):
        until(list, patience_s=0.01, every_s=0.001)
