import pytest

from penchant.data.attribution import BUCKET_S, UNDEFINED, Cell, Expression, Ledger, Metric
from penchant.data.datasets import Dataset
from penchant.data.engine import open_engine
from penchant.data.schemas import parse_schema

from ...schemas import avro_text

START = 1_700_000_100 // BUCKET_S * BUCKET_S
CID = "RID-40-42ab-acfe-99a87e8a5023-CID-55f538"


def schema(record, **fields):
    return parse_schema(
        avro_text(record, [{"name": name, "type": kind} for name, kind in fields.items()])
    )


PLAYS = schema(
    "Interactions",
    USER_ID="string",
    ITEM_ID="string",
    TIMESTAMP="long",
    EVENT_TYPE="string",
    EVENT_VALUE=["null", "float"],
    MINUTES=["null", "int"],
)
GOODS = schema("Items", ITEM_ID="string", NAME="string", PRICE="float")
SCHEMAS = {"Interactions": PLAYS, "Items": GOODS}


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("SAMPLECOUNT()", Expression("samplecount")),
        (" samplecount( ) ", Expression("samplecount")),
        ("SUM(Items.PRICE)", Expression("sum", "Items", "PRICE")),
        ("sum( interactions . minutes )", Expression("sum", "Interactions", "minutes")),
    ],
)
def test_expressions_are_read_in_any_case(text, expression):
    assert Expression.parse(text) == expression


@pytest.mark.parametrize("text", ["", "SUM()", "SUM(Users.AGE)", "AVG(Items.PRICE)", "SUM(PRICE)"])
def test_what_is_no_expression_is_refused_by_name(text):
    with pytest.raises(ValueError, match="is none of SAMPLECOUNT"):
        Expression.parse(text)


def test_the_column_of_a_sum_is_found_in_any_case():
    assert Expression.parse("SUM(Items.price)").field(SCHEMAS).name == "PRICE"
    assert Expression.parse("SAMPLECOUNT()").field({}) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SUM(Items.SIZE)", "Items has no column SIZE; columns of numbers are: PRICE"),
        ("SUM(Items.NAME)", r"Items\.NAME holds no numbers"),
    ],
)
def test_a_column_that_cannot_be_added_up_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        Expression.parse(text).field(SCHEMAS)
    with pytest.raises(ValueError, match="there is no Items dataset"):
        Expression.parse(text).field({"Interactions": PLAYS})


@pytest.fixture
def ledger(tmp_path):
    with open_engine(100_000_000, 1, tmp_path) as engine:
        yield Ledger(engine, PLAYS)


def played(item, time, **others):
    return {"ITEM_ID": item, "TIMESTAMP": str(START + time), "EVENT_TYPE": "watch", **others}


def metric(expression, event_type="Watch", name="mine"):
    return Metric(name, event_type, Expression.parse(expression))


def cells(ledger, *metrics, items=None, answering=None, **limits):
    return list(ledger.cells(metrics, lambda: items, answering or {}, **limits))


def test_events_are_counted_by_the_quarter_of_an_hour(ledger):
    played_at = [played("x", 0), played("x", 899), played("x", 900)]
    ledger.read_texts(iter([played_at[:1], played_at[1:]]))
    assert cells(ledger, metric("SAMPLECOUNT()")) == [
        Cell(START, "mine", "Watch", "samplecount", UNDEFINED, 2.0),
        Cell(START + 900, "mine", "Watch", "samplecount", UNDEFINED, 1.0),
    ]


def test_only_events_of_the_type_count_and_none_older_than_the_limit(ledger):
    ledger.read_texts(iter([[played("x", 0), played("x", 10, EVENT_TYPE="buy"), played("x", 20)]]))
    (found,) = cells(ledger, metric("SAMPLECOUNT()"), oldest=START + 5)
    assert found.value == 1.0


def test_the_source_is_what_was_sent_else_what_answered_else_undefined(ledger):
    events = [
        played("x", 0, EVENT_ATTRIBUTION_SOURCE="mail", RECOMMENDATION_ID=CID),
        played("x", 1, RECOMMENDATION_ID=CID),
        played("x", 2, RECOMMENDATION_ID=CID.replace("55f538", "abcdef")),
        played("x", 3, EVENT_ATTRIBUTION_SOURCE=""),
    ]
    ledger.read_texts(iter([events]))
    found = cells(ledger, metric("SAMPLECOUNT()"), answering={"55f538": "arn:campaign"})
    assert {one.source: one.value for one in found} == {
        "mail": 1.0,
        "arn:campaign": 1.0,
        UNDEFINED: 2.0,
    }


def test_columns_of_interactions_and_of_items_are_added_up(ledger):
    events = [
        played("x", 0, MINUTES="3", EVENT_VALUE="0.5"),
        played("y", 1, MINUTES="4"),
        played("unknown", 2),
    ]
    ledger.read_texts(iter([events]))
    put = {"x": {"price": 10.5, "name": "X"}, "y": {"price": "2", "name": "Y"}}
    found = cells(
        ledger,
        metric("SUM(Interactions.MINUTES)", name="minutes"),
        metric("SUM(Interactions.EVENT_VALUE)", name="values"),
        metric("SUM(Items.PRICE)", name="price"),
        items=Dataset(GOODS, (), put),
    )
    assert {one.metric: one.value for one in found} == {
        "minutes": 7.0,
        "values": 0.5,
        "price": 12.5,
    }


def test_a_metric_whose_column_is_gone_is_left_out(ledger):
    ledger.read_texts(iter([[played("x", 0)]]))
    assert cells(ledger, metric("SUM(Items.PRICE)"), metric("SUM(Interactions.GONE)")) == []


def test_an_imported_file_is_added_up_whatever_columns_it_has(ledger, tmp_path):
    ledger.engine.rows(
        f"COPY (SELECT 'x' AS ITEM_ID, {START}::BIGINT AS TIMESTAMP, 'WATCH' AS EVENT_TYPE, "
        f"range::INTEGER AS MINUTES, range AS _row FROM range(5)) TO '{tmp_path}/p.parquet'"
    )
    ledger.read_part(tmp_path / "p.parquet")
    (found,) = cells(ledger, metric("SUM(Interactions.MINUTES)"))
    assert (found.value, found.source) == (10.0, UNDEFINED)
