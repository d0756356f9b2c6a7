import pytest

from penchant.cli.evaluate.report.words import number, p_value, sentence, with_interval
from penchant.evaluation.report import Comparison
from penchant.evaluation.significance import Interval


def comparison(mean, low, high, p):
    return Comparison("hrnn", "item-item", "kept", "m", Interval(mean, low, high), p / 2, p)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0312, ".031"), (-0.004, "-.004"), (1, "1.000"), (-0.0001, ".000"), (0.9999, "1.000")],
)
def test_shares_are_written_without_the_leading_zero(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0002, "p < .001"), (0.0123, "p = .012"), (0.41, "p = .41"), (1.0, "p = 1")],
)
def test_p_values_are_written_as_papers_do(p, text):
    assert p_value(p) == text


def test_an_interval_stands_in_brackets():
    assert with_interval(Interval(0.031, 0.024, 0.038)) == ".031 [.024, .038]"


def test_a_better_recipe_is_called_better():
    told = sentence(comparison(0.031, 0.024, 0.038, 0.0004))

    assert told == "hrnn is better than item-item by .031 [.024, .038], p < .001"


def test_a_worse_recipe_is_worse_by_a_positive_number():
    told = sentence(comparison(-0.031, -0.038, -0.024, 0.02))

    assert told == "hrnn is worse than item-item by .031 [.024, .038], p = .020"


def test_what_is_not_shown_is_not_claimed():
    told = sentence(comparison(0.002, -0.004, 0.008, 0.3))

    assert told == "hrnn is not shown to differ from item-item: .002 [-.004, .008], p = .30"
