import pytest
from botocore.model import ShapeResolver

from penchant.domain.errors import SerializationException
from penchant.protocol.normalise import normalise
from penchant.protocol.violations import explain

SHAPES = {
    "Input": {
        "type": "structure",
        "required": ["name"],
        "members": {
            "name": {"shape": "Name"},
            "secret": {"shape": "Secret"},
            "flag": {"shape": "Flag"},
            "weight": {"shape": "Weight"},
            "count": {"shape": "Long"},
            "at": {"shape": "Date"},
            "tags": {"shape": "Tags"},
            "secrets": {"shape": "Secrets"},
            "ids": {"shape": "Names"},
            "values": {"shape": "Values"},
            "columns": {"shape": "Columns"},
            "text": {"shape": "Secret", "jsonvalue": True},
        },
    },
    "Name": {"type": "string", "min": 1, "max": 3, "pattern": "[a-z]*"},
    "Secret": {"type": "string", "max": 9, "sensitive": True},
    "Flag": {"type": "boolean"},
    "Weight": {"type": "double", "min": 0, "max": 1},
    "Long": {"type": "long"},
    "Date": {"type": "timestamp"},
    "Tags": {"type": "list", "member": {"shape": "Tag"}, "max": 1},
    "Tag": {"type": "structure", "required": ["key"], "members": {"key": {"shape": "Name"}}},
    "Secrets": {"type": "list", "member": {"shape": "Secret"}},
    "Names": {"type": "list", "member": {"shape": "Name"}},
    "Values": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Weight"}},
    "Columns": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Names"}},
}
INPUT = ShapeResolver(SHAPES).get_shape_by_name("Input")


TOO_SHORT = "must have length greater than or equal to 1"
TOO_LITTLE = "must have value greater than or equal to 0"
NO_MATCH = "must satisfy regular expression pattern: [a-z]*"


def complaint(**members):
    return explain(INPUT, normalise(INPUT, {"name": "a"} | members))


@pytest.mark.parametrize(
    ("members", "at", "limit"),
    [
        ({"name": ""}, "Value '' at 'name'", "Member must have length greater than or equal to 1"),
        (
            {"name": "A"},
            "Value 'A' at 'name'",
            "Member must satisfy regular expression pattern: [a-z]*",
        ),
        (
            {"secret": "0123456789"},
            "Value at 'secret'",
            "Member must have length less than or equal to 9",
        ),
        (
            {"weight": 1.5},
            "Value '1.5' at 'weight'",
            "Member must have value less than or equal to 1",
        ),
        (
            {"tags": [{"key": "b"}, {"key": "c"}]},
            "Value '[{key=b}, {key=c}]' at 'tags'",
            "Member must have length less than or equal to 1",
        ),
        (
            {"tags": [{"key": "long"}]},
            "Value 'long' at 'tags.1.member.key'",
            "Member must have length less than or equal to 3",
        ),
        ({"tags": [{}]}, "Value null at 'tags.1.member.key'", "Member must not be null"),
        (
            {"ids": ["a", "", "A"]},
            "Value '[a, , A]' at 'ids'",
            f"Member must satisfy constraint: [Member {TOO_SHORT}, Member {NO_MATCH}]",
        ),
        (
            {"values": {"A": 1}},
            "Value '{A=1}' at 'values'",
            f"Map keys must satisfy constraint: [Member {NO_MATCH}]",
        ),
        (
            {"values": {"a": -1}},
            "Value '{a=-1}' at 'values'",
            f"Map value must satisfy constraint: [Member {TOO_LITTLE}]",
        ),
        (
            {"columns": {"a": ["long"]}},
            "Value '[long]' at 'columns.a.member'",
            "Member must satisfy constraint: [Member must have length less than or equal to 3]",
        ),
        (
            {"at": 1000000000000000.0},
            "Value '1000000000000.0' at 'at'",
            "Member must be a number of seconds since 1970-01-01, within the years 1 to 9999",
        ),
    ],
)
def test_a_violation_is_worded_as_the_service_words_it(members, at, limit):
    text = f"1 validation error detected: {at} failed to satisfy constraint: {limit}"
    assert complaint(**members) == text


def test_several_violations_are_counted():
    text = complaint(name="long", weight=2)
    assert text.startswith("2 validation errors detected: Value 'long' at 'name' failed")
    assert "; Value '2' at 'weight' failed" in text


def test_the_entries_of_a_list_that_is_too_long_are_not_gone_through():
    text = complaint(tags=[{"key": "b"}, {"key": "LONG"}])
    assert text.startswith("1 validation error detected: Value '[{key=b}, {key=LONG}]' at 'tags'")


def test_a_list_of_something_sensitive_is_not_repeated():
    text = complaint(secrets=["s" * 10])
    assert text.startswith("1 validation error detected: Value at 'secrets' failed to satisfy")


def test_what_is_right_has_no_complaint():
    assert complaint(flag=True, weight=1, ids=[], values={"a": 0.5}, at=1.5, text="{}") is None


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"name": 1}, "NUMBER_VALUE can not be converted to a String at 'name'"),
        ({"name": []}, "Start of structure or map found where not expected at 'name'"),
        ({"flag": 1}, "NUMBER_VALUE can not be converted to a Boolean at 'flag'"),
        ({"flag": "true"}, "STRING_VALUE can not be converted to a Boolean at 'flag'"),
        ({"weight": True}, "TRUE_VALUE can not be converted to a Double at 'weight'"),
        ({"count": 1.5}, "NUMBER_VALUE can not be converted to an Integer at 'count'"),
        ({"count": 2**63}, "9223372036854775808 at 'count' does not lie between"),
        ({"at": "2026-01-02"}, "STRING_VALUE can not be converted to a Date at 'at'"),
        ({"tags": {}}, "Unexpected START_OBJECT: expected a JSON array at 'tags'"),
        ({"tags": [None]}, "Unexpected NULL_VALUE: expected a JSON object at 'tags.1.member'"),
        ({"ids": [None]}, "NULL_VALUE can not be converted to a String at 'ids'"),
        ({"values": []}, "Unexpected START_ARRAY: expected a JSON object at 'values'"),
    ],
)
def test_a_value_of_another_type_cannot_be_read(members, text):
    with pytest.raises(SerializationException) as caught:
        complaint(**members)
    assert text in caught.value.message
