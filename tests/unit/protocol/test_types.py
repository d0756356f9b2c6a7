import msgspec
import pytest
from botocore.model import ShapeResolver

from penchant.protocol.types import type_of


def decode(shapes, text):
    return msgspec.json.decode(text, type=type_of(ShapeResolver(shapes).get_shape_by_name("S")))


def test_a_structure_becomes_a_dictionary_of_its_members_that_are_there():
    shapes = {
        "S": {"type": "structure", "members": {"a": {"shape": "B"}, "b": {"shape": "B"}}},
        "B": {"type": "boolean"},
    }
    assert decode(shapes, '{"a": true, "c": 1}') == {"a": True}


def test_integers_have_their_width():
    assert decode({"S": {"type": "integer"}}, str(2**31 - 1)) == 2**31 - 1
    assert decode({"S": {"type": "long"}}, str(2**63 - 1)) == 2**63 - 1
    with pytest.raises(msgspec.ValidationError):
        decode({"S": {"type": "integer"}}, str(2**31))


def test_a_whole_number_is_a_float_where_a_float_is_wanted():
    assert isinstance(decode({"S": {"type": "double", "min": 0}}, "1"), float)


def test_a_type_that_no_operation_used_before_is_named():
    with pytest.raises(ValueError, match="shape S has the type 'blob', which no operation used"):
        type_of(ShapeResolver({"S": {"type": "blob"}}).get_shape_by_name("S"))
