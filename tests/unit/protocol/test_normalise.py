from botocore.model import ShapeResolver

from penchant.protocol.normalise import normalise

SHAPES = {
    "Input": {
        "type": "structure",
        "members": {
            "name": {"shape": "Text"},
            "at": {"shape": "Date"},
            "text": {"shape": "Text", "jsonvalue": True},
            "inner": {"shape": "Inputs"},
            "named": {"shape": "Named"},
        },
    },
    "Inputs": {"type": "list", "member": {"shape": "Inner"}},
    "Named": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Inner"}},
    "Inner": {"type": "structure", "members": {"at": {"shape": "Date"}}},
    "Text": {"type": "string"},
    "Date": {"type": "timestamp"},
}
INPUT = ShapeResolver(SHAPES).get_shape_by_name("Input")


def test_null_members_are_absent_and_unknown_ones_ignored():
    body = {"name": None, "later": 1, "inner": [{"at": None}], "named": {"a": {"at": None}}}
    assert normalise(INPUT, body) == {"inner": [{}], "named": {"a": {}}}


def test_an_object_becomes_the_text_that_the_model_wants():
    body = {"text": {"a": None, "b": ["ü"]}, "name": {"a": 1}}
    assert normalise(INPUT, body) == {"text": '{"a":null,"b":["ü"]}', "name": {"a": 1}}


def test_milliseconds_are_taken_for_what_they_are():
    assert normalise(INPUT, {"at": 1_700_000_000_500}) == {"at": 1_700_000_000.5}
    assert normalise(INPUT, {"inner": [{"at": 1_700_000_000}]}) == {
        "inner": [{"at": 1_700_000_000}]
    }


def test_values_of_other_types_stay_as_they_are():
    body = {"name": 1, "at": "x", "inner": {"at": 1}, "named": [None], "text": [1]}
    assert normalise(INPUT, body) == body
    assert normalise(INPUT, [1]) == [1]
