import json

import pytest

from penchant.data.schemas import check_dataset_type, parse_schema, schema_json

from .support import ITEM, TIME, USER, interactions, schema, schema_text

GENRES = {"name": "GENRES", "type": ["null", "string"], "categorical": True}


def refuse(text: str, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        parse_schema(text)


def test_a_schema_of_interactions_keeps_names_types_and_flags() -> None:
    parsed = interactions(
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "DEVICE", "type": ["string", "null"], "categorical": True},
    )
    assert parsed.record == "Interactions"
    assert [field.name for field in parsed.fields] == [
        "USER_ID",
        "ITEM_ID",
        "TIMESTAMP",
        "EVENT_TYPE",
        "DEVICE",
    ]
    device = parsed.fields[-1]
    assert (device.types, device.nullable, device.categorical) == (("string",), True, True)


@pytest.mark.parametrize("name", ["_X", "_1", "a_B_", "Z"])
def test_a_name_begins_with_a_letter_or_an_underscore(name: str) -> None:
    parsed = parse_schema(schema_text("Users", USER, {"name": name, "type": "int"}))
    assert [field.name for field in parsed.fields] == ["USER_ID", name]


@pytest.mark.parametrize("name", ["interactions", "INTERACTIONS", "Interactions"])
def test_the_dataset_type_may_come_in_any_case(name: str) -> None:
    check_dataset_type(interactions(), name)
    assert parse_schema(schema_text(name, USER, ITEM, TIME)).record == "Interactions"


def test_a_schema_of_another_dataset_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"record is 'Interactions'.*name the record 'Items'"):
        check_dataset_type(interactions(), "items")
    with pytest.raises(ValueError, match="'films' is not a dataset type; use one of Interactions"):
        check_dataset_type(interactions(), "films")


def test_action_interactions_are_a_dataset_type_with_an_underscore() -> None:
    action = {"name": "ACTION_ID", "type": "string"}
    kind = {"name": "EVENT_TYPE", "type": "string"}
    parsed = schema("ActionInteractions", USER, action, kind, TIME)
    check_dataset_type(parsed, "Action_Interactions")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "the schema is not JSON"),
        ("[]", 'must be a JSON object with "type": "record"'),
        (json.dumps({"type": "array"}), 'must be a JSON object with "type": "record"'),
        (schema_text("Interactions", USER, namespace=""), 'lacks "namespace"'),
        (schema_text("", USER), 'lacks "name", a text such as "Interactions"'),
        (schema_text("Films", USER), "record name: 'Films' is not a dataset type"),
        (schema_text("Users"), 'lacks "fields"'),
        (schema_text("Users", "USER_ID"), 'field "USER_ID" lacks a "name"'),
        (schema_text("Users", {"name": "A-B", "type": "int"}), "field name 'A-B' must begin"),
        (schema_text("Users", {"name": "_ROW", "type": "int"}), "field name '_ROW' is kept for"),
        (schema_text("Users", {"name": "_arrival", "type": "int"}), "'_arrival' is kept for what"),
        (schema_text("Users", {"name": "__", "type": "int"}), "not of underscores alone"),
        (schema_text("Users", {"name": "1A", "type": "int"}), "field name '1A' must begin"),
        (schema_text("Users", {"name": "A"}), "field A has type null; use int, long"),
        (schema_text("Users", {"name": "A", "type": "date"}), 'field A has type "date"'),
        (schema_text("Users", {"name": "A", "type": {"type": "array"}}), "Schemas are flat"),
        (schema_text("Users", {"name": "A", "type": ["null"]}), "A has no type beside null"),
        (schema_text("Users", {"name": "A", "type": ["int", "int"]}), "A names a type twice"),
        (
            schema_text("Users", {"name": "A", "type": "string", "categorical": 1}),
            "field A: categorical is 1; write true or false",
        ),
        (
            schema_text("Users", {"name": "A", "type": "int", "categorical": True}),
            "field A is categorical but has type int; categorical fields have type string",
        ),
        (
            schema_text(
                "Items", {"name": "A", "type": "string", "categorical": True, "textual": True}
            ),
            "field A is categorical and textual; keep one",
        ),
        (
            schema_text(
                "Users", USER, {"name": "AB_1", "type": "int"}, {"name": "AB1", "type": "int"}
            ),
            "fields AB_1 and AB1 have the same name",
        ),
        (schema_text("Interactions", USER), "lacks the required fields ITEM_ID, TIMESTAMP"),
        (schema_text("Interactions", USER, ITEM), "lacks the required field TIMESTAMP"),
        (
            schema_text("Interactions", USER, ITEM, {"name": "TIMESTAMP", "type": "int"}),
            "field TIMESTAMP of Interactions has type int; it must be long",
        ),
        (
            schema_text(
                "Interactions", {"name": "USER_ID", "type": ["null", "string"]}, ITEM, TIME
            ),
            "field USER_ID of Interactions allows null; it must be string alone",
        ),
        (
            schema_text(
                "Interactions",
                USER,
                ITEM,
                TIME,
                {"name": "EVENT_TYPE", "type": "string", "categorical": True},
            ),
            "EVENT_TYPE of Interactions is reserved and must be neither categorical",
        ),
        (
            schema_text(
                "Interactions", USER, ITEM, TIME, {"name": "EVENT_VALUE", "type": "string"}
            ),
            "EVENT_VALUE of Interactions has type string; it must be float",
        ),
        (schema_text("Users", USER), "Users needs at least one metadata field"),
        (
            schema_text("Items", ITEM, {"name": "TITLE", "type": "string"}),
            'needs at least one metadata field: a number.*or "textual": true',
        ),
        (
            schema_text("Users", USER, {"name": "BIO", "type": "string", "textual": True}),
            "field BIO of Users is textual; only Items take texts",
        ),
        (
            schema_text(
                "Items",
                ITEM,
                {"name": "A", "type": "string", "textual": True},
                {"name": "B", "type": "string", "textual": True},
            ),
            "fields A, B are textual; only one of them can be",
        ),
        (
            schema_text("Users", USER, GENRES, {"name": "A", "type": "string", "itemName": True}),
            "field A of Users has itemName; only Items have names",
        ),
    ],
)
def test_a_broken_rule_is_refused_with_the_field_and_the_remedy(text: str, match: str) -> None:
    refuse(text, match)


@pytest.mark.parametrize(
    ("record", "first", "limit"), [("Interactions", [USER, ITEM, TIME], 5), ("Users", [USER], 25)]
)
def test_the_number_of_metadata_fields_is_limited(record: str, first: list, limit: int) -> None:
    numbers = [{"name": f"N{i}", "type": "int"} for i in range(limit + 1)]
    schema(record, *first, *numbers[:limit])
    refuse(schema_text(record, *first, *numbers), f"{limit + 1} metadata fields; at most {limit}")


def test_reserved_fields_of_interactions_do_not_count_as_metadata() -> None:
    reserved = [{"name": "EVENT_TYPE", "type": "string"}, {"name": "IMPRESSION", "type": "string"}]
    interactions(*reserved, *[{"name": f"N{i}", "type": "int"} for i in range(5)])


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        ("long", "long"),
        (["null", "int", "float"], "float"),
        (["long", "float"], "double"),
        (["int", "string"], "string"),
        (["boolean", "int"], "string"),
    ],
)
def test_a_union_takes_the_type_that_holds_all_its_values(types: object, kind: str) -> None:
    parsed = schema("Users", USER, GENRES, {"name": "A", "type": types})
    assert parsed.fields[-1].kind == kind


def test_flags_may_be_written_as_texts() -> None:
    parsed = schema("Items", ITEM, {"name": "G", "type": "string", "categorical": "True"})
    assert parsed.fields[-1].categorical


def test_a_schema_that_is_written_is_read_back() -> None:
    fields = (
        {"name": "G", "type": ["null", "string"], "categorical": True},
        {"name": "T", "type": "string", "textual": True},
        {"name": "N", "type": "string", "itemName": True},
        {"name": "PRICE", "type": ["null", "long", "float"]},
    )
    written = schema("Items", ITEM, *fields)

    text = schema_json(written)

    assert parse_schema(text) == written
    assert json.loads(text)["fields"] == [ITEM, *fields]
    assert '    {"name": "T", "type": "string", "textual": true},\n' in text


def test_property_keys_in_camel_case_find_their_column() -> None:
    parsed = schema("Items", ITEM, {"name": "NUMBER_OF_RATINGS", "type": "int"})
    found = parsed.find("numberOfRatings")
    assert found is not None
    assert found.name == "NUMBER_OF_RATINGS"
    assert parsed.find("price") is None


def test_a_schema_of_brackets_is_refused() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_schema("[" * 9_000)


def test_a_type_nested_almost_too_deeply_is_refused_as_any_other() -> None:
    with pytest.raises(ValueError, match="field A has type"):
        schema("Items", ITEM, {"name": "A", "type": json.loads("[" * 900 + "]" * 900)})
