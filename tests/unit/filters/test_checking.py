"""Whether an expression fits the datasets of its group."""

import pytest

from penchant.data.fields import Field, Schema
from penchant.filters.checking import check
from penchant.filters.errors import FilterError
from penchant.filters.parsing import parse
from penchant.filters.syntax import Source


def schema(record, **kinds):
    return Schema(record, tuple(Field(name, (kind,)) for name, kind in kinds.items()))


SCHEMAS = {
    Source.INTERACTIONS: schema(
        "Interactions", USER_ID="string", ITEM_ID="string", TIMESTAMP="long", EVENT_TYPE="string"
    ),
    Source.ITEMS: Schema(
        "Items",
        (
            Field("ITEM_ID", ("string",)),
            Field("GENRE", ("string",), categorical=True),
            Field("PLOT", ("string",), textual=True),
            Field("SOLD", ("boolean",)),
            Field("PRICE", ("float",)),
            *(Field(f"F{i}", ("int",)) for i in range(11)),
        ),
    ),
    Source.USERS: schema("Users", USER_ID="string", AGE="int", COUNTRY="string"),
    Source.ACTIONS: schema("Actions", ACTION_ID="string", VALUE="long", REPEAT_FREQUENCY="long"),
}

GOOD = [
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    'INCLUDE ItemID WHERE Items.GENRE IN ("a") OR Items.price > 3 IF CurrentUser.AGE > 18',
    "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE",
    'INCLUDE UserID WHERE Users.COUNTRY NOT IN ("x") | EXCLUDE UserID WHERE Users.AGE < $AGE',
    'INCLUDE ItemID WHERE Items.PRICE IN ("9.5", "10")',
]


@pytest.mark.parametrize("text", GOOD)
def test_what_fits_is_taken(text):
    check(parse(text), SCHEMAS)


BAD = {
    'INCLUDE ItemID WHERE Items.COLOR IN ("a")': "has no COLOR; it has ITEM_ID, GENRE",
    "INCLUDE ItemID WHERE Items.PLOT = 3": "cannot be filtered by",
    'INCLUDE ItemID WHERE Items.SOLD IN ("true")': "cannot be filtered by",
    "INCLUDE ActionID WHERE Actions.REPEAT_FREQUENCY > 1": "cannot be filtered by",
    "INCLUDE ItemID WHERE Interactions.TIMESTAMP > 3": "only EVENT_TYPE",
    'INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("x")': "create it first",
    'INCLUDE ItemID WHERE Users.COUNTRY IN ("x")': "filtered by Items or Interactions, not by",
    'INCLUDE ItemID WHERE Items.GENRE IN ("a") AND Interactions.EVENT_TYPE IN ("b")': "with |",
    "INCLUDE ItemID WHERE Items.PRICE < 3 IF Items.PRICE > 1": "IF takes fields of CurrentUser",
    "EXCLUDE ItemID WHERE Items.GENRE NOT IN ($A)": (
        "Invalid input symbol: $A. Placeholders are not allowed with NOT_IN operator."
    ),
    'INCLUDE ItemID WHERE Items.GENRE IN ("*")': "any event type",
    "INCLUDE ItemID WHERE Items.GENRE < 3": "does not compare",
    'INCLUDE ItemID WHERE Items.PRICE > "cheap"': "'cheap' is none",
    "INCLUDE ItemID WHERE Items.GENRE IN CurrentItem.PRICE": "the other does not",
    "INCLUDE ItemID WHERE Items.GENRE IN CurrentUser.COUNTRY": "one of CurrentItem",
    "INCLUDE ItemID WHERE Items.PRICE = 1 | EXCLUDE UserID WHERE Users.AGE = 1": "throughout",
}


@pytest.mark.parametrize(("text", "said"), BAD.items())
def test_what_does_not_fit_is_named(text, said):
    with pytest.raises(FilterError) as refused:
        check(parse(text), SCHEMAS)
    assert said in str(refused.value)


def test_ten_fields_are_allowed_and_eleven_are_not():
    def of(n):
        return parse("INCLUDE ItemID WHERE " + " OR ".join(f"Items.F{i} = 1" for i in range(n)))

    check(of(10), SCHEMAS)
    with pytest.raises(FilterError, match="names 11 fields"):
        check(of(11), SCHEMAS)
