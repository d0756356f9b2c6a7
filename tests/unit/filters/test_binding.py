"""Values of a request in the place of parameters."""

import pytest

from penchant.filters.binding import bind, read_values
from penchant.filters.errors import FilterError
from penchant.filters.parsing import parse


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('"horror"', ["horror"]),
        ('"horror","sci, fi" , "x"', ["horror", "sci, fi", "x"]),
        ("1970", ["1970"]),
        (' "0" ', ["0"]),
        ("horror, comedy", ["horror", "comedy"]),
        ('""', [""]),
    ],
)
def test_values_are_read_as_programs_send_them(text, values):
    assert read_values("G", text) == values


@pytest.mark.parametrize("text", ["", "  ", '"a', '"a" "b"', '"a",', 'a,"b"'])
def test_values_that_are_not_well_written_are_refused_by_name(text):
    with pytest.raises(FilterError, match="'G'"):
        read_values("G", text)


def test_include_needs_every_value():
    expression = parse("INCLUDE ItemID WHERE Items.A IN ($A) AND Items.B > $B")
    whole = bind(expression, {"A": '"x","y"', "B": "3"})
    assert whole == parse('INCLUDE ItemID WHERE Items.A IN ("x", "y") AND Items.B > 3')
    with pytest.raises(FilterError, match="lacks 'B'"):
        bind(expression, {"A": '"x"'})


def test_exclude_leaves_out_what_has_no_value():
    expression = parse(
        "EXCLUDE ItemID WHERE Items.A IN ($A) AND Items.B > $B OR Items.C = $C"
        " | EXCLUDE ItemID WHERE Items.D = 1 IF CurrentUser.E = $E"
    )
    assert bind(expression, {"B": "3"}) == parse("EXCLUDE ItemID WHERE Items.B > 3")
    assert bind(expression, {}).rules == ()


def test_a_value_that_nobody_asks_for_is_not_looked_at():
    expression = parse("INCLUDE ItemID WHERE Items.B > 3")
    assert bind(expression, {"b": '"'}) == expression


def test_two_values_where_one_goes_are_refused():
    with pytest.raises(FilterError, match="takes one value; filterValues has 2 of B"):
        bind(parse("INCLUDE ItemID WHERE Items.B > $B"), {"B": "3,4"})
