"""Reading expressions: what the language has, and what it says of what it has not."""

import random
from contextlib import suppress

import pytest

from penchant.filters.errors import FilterError
from penchant.filters.parsing import LONGEST, parse
from penchant.filters.syntax import (
    Condition,
    Field,
    Operator,
    Parameter,
    Source,
    Target,
    Verb,
)

ACCEPTED = [
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase")',
    'EXCLUDE itemId WHERE INTERACTIONS.event_type in ("Purchase")',
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($EVENT_TYPE)",
    'EXCLUDE ItemID WHERE ITEMS.CATEGORY_L1 NOT IN ("cold dispensed", "hot dispensed")',
    "INCLUDE ItemID WHERE Items.YEAR >= $YEAR1 AND Items.YEAR < $YEAR2",
    "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) IF CurrentUser.AGE = $AGE",
    'INCLUDE ItemID WHERE Items.A IN ("b") AND Items.C IN ("d") IF CurrentUser.AGE > 18',
    "INCLUDE ItemID WHERE ITEMS.CATEGORY_L1 IN CurrentItem.CATEGORY_L1",
    "EXCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE",
    'exclude UserId where users.country in ("England", "Japan購入")',
    "INCLUDE ActionID WHERE Actions.VALUE > ($VALUE)",
    'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("NOT_TAKEN")',
    "INCLUDE ItemID WHERE Items.OUT_OF_STOCK IN ('yes')",
    'INCLUDE ItemID WHERE Items.IN IN ("x") OR Items.WHERE NOT\n IN ("y")',
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_programs_for_the_service_write_is_read(text):
    assert parse(text).rules


def test_every_part_has_its_place_in_the_tree():
    (rule,) = parse(
        'include itemid WHERE Items.genre IN ("a|b", $x) or items.YEAR <= 1.5 '
        "IF CurrentUser.AGE != 3 AND CurrentUser.B = $b"
    ).rules
    genre, year = Field(Source.ITEMS, "GENRE"), Field(Source.ITEMS, "YEAR")
    age, other = Field(Source.CURRENT_USER, "AGE"), Field(Source.CURRENT_USER, "B")
    assert (rule.verb, rule.target) == (Verb.INCLUDE, Target.ITEM)
    assert rule.alternatives == (
        (Condition(genre, Operator.IN, ("a|b", Parameter("x"))),),
        (Condition(year, Operator.LESS_OR_EQUAL, ("1.5",)),),
    )
    assert rule.user_conditions == (
        Condition(age, Operator.UNEQUAL, ("3",)),
        Condition(other, Operator.EQUAL, (Parameter("b"),)),
    )


def test_and_binds_closer_than_or():
    (rule,) = parse("INCLUDE ItemID WHERE Items.A = 1 OR Items.B = 2 AND Items.C = 3").rules
    assert [[str(one.field) for one in group] for group in rule.alternatives] == [
        ["Items.A"],
        ["Items.B", "Items.C"],
    ]


def test_a_quoted_placeholder_is_a_parameter_and_a_price_is_not():
    (rule,) = parse('INCLUDE ItemID WHERE Items.A IN ("$CATEGORY", "$9.50")').rules
    assert rule.alternatives[0][0].operands == (Parameter("CATEGORY"), "$9.50")


REFUSED = {
    "": "ends at column 1, where INCLUDE or EXCLUDE",
    "SELECT 1": "'SELECT 1' at column 1",
    "INCLUDE ItemID WHERE": "ends at column 21, where a field",
    "INCLUDE PriceID WHERE Items.A = 1": "column 9, where ItemID, UserID or ActionID",
    'INCLUDE ItemID WHERE Foo.X IN ("a")': "'Foo' at column 22 is no dataset",
    'INCLUDE ItemID WHERE Items.X IN "a"': "column 33, where (",
    "INCLUDE ItemID WHERE Items.X IN ()": 'column 34, where a "text"',
    'INCLUDE ItemID WHERE Items.X IN ("a': "column 34",
    'INCLUDE ItemID WHERE (Items.X IN ("a"))': "column 22, where a field",
    "INCLUDE ItemID WHERE Items.X LIKE 3": "column 30, where IN or NOT IN",
    "INCLUDE ItemID WHERE Items.X < 3 IF CurrentUser.A = 1 OR CurrentUser.B = 2": "column 55",
    "INCLUDE ItemID WHERE Items.X = 1 |": "ends at column 35, where INCLUDE or EXCLUDE",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items())
def test_what_is_not_of_the_language_is_refused_with_its_column(text, said):
    with pytest.raises(FilterError) as refused:
        parse(text)
    assert said in str(refused.value)


def test_an_expression_may_have_the_longest_length_and_no_more():
    start = 'INCLUDE ItemID WHERE Items.A IN ("'
    longest = start + "x" * (LONGEST - len(start) - 2) + '")'
    assert parse(longest).rules
    with pytest.raises(FilterError, match="2501 characters"):
        parse(longest + " ")


def test_damaged_expressions_are_read_or_refused_and_nothing_else():
    chance = random.Random(0)
    pieces = [*" ()|,.$\"'*=<>!0aé\n\0", "IN", "NOT IN", "WHERE", "IF", "AND", "OR", "Items."]
    for _ in range(3_000):
        text = chance.choice(ACCEPTED)
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(text) + 1)
            text = text[:place] + chance.choice(pieces) + text[place + chance.randrange(3) :]
        with suppress(FilterError):
            parse(text)
