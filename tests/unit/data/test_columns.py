import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.data import columns
from penchant.data.engine import open_engine
from penchant.data.fields import NUMBERS, Field
from penchant.data.rules import ACTION_INTERACTIONS as DONE
from penchant.data.rules import ACTIONS, INTERACTIONS, ITEMS

CREATED = Field("CREATION_TIMESTAMP", ("long",), nullable=True)
FIELDS = [
    *(Field("NUMBER", (kind,)) for kind in NUMBERS),
    Field("FLAG", ("boolean",), nullable=True),
    Field("WORD", ("string",)),
    Field("GENRE", ("string",), nullable=True, categorical=True),
    Field("ITEM_ID", ("string",)),
    CREATED,
]
NUMERALS = st.one_of(
    st.from_regex(r"[ ]?[+-]?[0-9]{0,20}\.?[0-9]{0,4}([eE][+-]?[0-9]{1,3})?[ ]?", fullmatch=True),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(repr),
    st.sampled_from(
        ["1_000", "0x1F", "nan", "inf", "true", "True", "false", "1.0", "1e3", "2147483648", "\t1"]
    ),
    st.text(max_size=5),
    st.integers(255, 257).map(lambda n: "é" * n),
    st.integers(999, 1001).map(lambda n: "x" * n),
)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.name}-{field.kind}")
def test_what_sql_finds_unfit_is_what_can_be_explained(field: Field) -> None:
    value = columns.typed(field, "t")
    query = (
        f"SELECT coalesce({columns.unfit(field, ITEMS, 't', 'v')}, false) FROM "
        f"(SELECT t, {value} AS v FROM (SELECT unnest(?) AS t))"
    )
    with open_engine(1 << 28, 1) as engine:

        @given(st.lists(st.none() | NUMERALS.filter(bool), min_size=1, max_size=50))
        @settings(max_examples=60, deadline=None)
        def check(texts: list[str | None]) -> None:
            unfit = [row[0] for row in engine.rows(query, [texts])]
            explained = [columns.explain(field, ITEMS, text) for text in texts]
            for text, found, reason in zip(texts, unfit, explained, strict=True):
                assert found == (reason is not None), (text, found, reason)

        check()


@pytest.mark.parametrize(
    ("field", "text", "match"),
    [
        (Field("USER_ID", ("string",)), None, "column USER_ID is empty; every record needs one"),
        (
            Field("WORD", ("string",)),
            None,
            'column WORD is empty; fill it, or let the schema say ["null", "string"]',
        ),
        (
            Field("TIMESTAMP", ("long",)),
            "2020-01-01",
            (
                "column TIMESTAMP, value '2020-01-01': is not a whole number of epoch seconds "
                "such as 1577836800; leave missing values empty"
            ),
        ),
        (
            Field("TIMESTAMP", ("long",)),
            "1577836800000",
            (
                "column TIMESTAMP, value '1577836800000': looks like milliseconds; divide by 1000, "
                "times are epoch seconds"
            ),
        ),
        (
            Field("AGE", ("int",)),
            "3000000000",
            (
                "column AGE, value '3000000000': is out of range for type int; the schema could "
                "say long"
            ),
        ),
        (
            Field("PRICE", ("float",)),
            "1,5",
            "column PRICE, value '1,5': is not a number; leave missing values empty",
        ),
        (
            Field("PRICE", ("float",)),
            "1e39",
            "column PRICE, value '1e39': is out of range for type float",
        ),
        (
            Field("NEW", ("boolean",)),
            "True",
            "column NEW, value 'True': is not a boolean; write true or false",
        ),
        (
            Field("GENRE", ("string",), categorical=True),
            "x" * 1001,
            (
                f"column GENRE, value '{'x' * 60}...': Length cannot be more than 1000 characters "
                "for GENRE; it has 1001"
            ),
        ),
    ],
)
def test_reasons_name_the_column_the_value_and_the_remedy(
    field: Field, text: str | None, match: str
) -> None:
    assert columns.explain(field, INTERACTIONS, text) == match


@pytest.mark.parametrize(
    ("rules", "field", "text", "match"),
    [
        (ACTIONS, Field("VALUE", ("long",)), "11", "value '11': is out of range; give 1 to 10"),
        (ACTIONS, Field("VALUE", ("long",)), "0", "value '0': is out of range; give 1 to 10"),
        (ACTIONS, Field("VALUE", ("long",)), "10", None),
        (ACTIONS, Field("REPEAT_FREQUENCY", ("long",)), "31", "out of range; give 0 to 30"),
        (DONE, Field("EVENT_TYPE", ("string",)), "clicked", "is not one of Taken, Not Taken, View"),
        (DONE, Field("EVENT_TYPE", ("string",)), "NOT_TAKEN", None),
        (DONE, Field("EVENT_TYPE", ("string",)), "Not taken", None),
    ],
)
def test_actions_have_bounds_and_their_interactions_three_types(rules, field, text, match):
    value = columns.typed(field, "t")
    unfit = columns.unfit(field, rules, "t", "v")
    query = f"SELECT {unfit} FROM (SELECT t, {value} AS v FROM (SELECT ? AS t))"
    with open_engine(1 << 28, 1) as engine:
        assert engine.value(query, [text]) == (match is not None)
    found = columns.explain(field, rules, text)
    assert (found is None) if match is None else (found is not None and match in found)
