import json
from datetime import UTC, datetime

import numpy as np
import pytest
from botocore.model import ShapeResolver

from penchant.protocol.answers import AnswerWriter

SHAPES = {
    "S": {
        "type": "structure",
        "members": {
            "name": {"shape": "Name"},
            "at": {"shape": "Date"},
            "items": {"shape": "Items"},
            "metrics": {"shape": "Metrics"},
        },
    },
    "Name": {"type": "string"},
    "Date": {"type": "timestamp"},
    "Items": {"type": "list", "member": {"shape": "Item"}},
    "Item": {"type": "structure", "members": {"name": {"shape": "Name"}, "at": {"shape": "Date"}}},
    "Metrics": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Number"}},
    "Number": {"type": "double"},
}
SHAPE = ShapeResolver(SHAPES).get_shape_by_name("S")


def write(result, *, as_is=False):
    return AnswerWriter(SHAPE, empty=b"{}", as_is=as_is)(result)


def test_datetimes_become_epoch_seconds_with_milliseconds():
    moment = datetime(2026, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC)
    assert write({"at": moment, "items": [{"at": moment}]}) == (
        b'{"at":1767323045.123,"items":[{"at":1767323045.123}]}'
    )


def test_members_that_are_none_or_unknown_are_absent():
    assert write({"name": None, "own": 1, "items": [{"name": None}]}) == b'{"items":[{}]}'


def test_numbers_that_are_none_are_absent():
    metrics = {"a": float("nan"), "b": float("inf"), "c": 0.5, "d": None}
    assert write({"metrics": metrics}) == b'{"metrics":{"c":0.5}}'


@pytest.mark.parametrize("as_is", [False, True])
def test_numbers_of_numpy_are_numbers(as_is):
    body = write({"metrics": {"a": np.float64(0.25), "b": np.float32(0.1)}}, as_is=as_is)
    assert json.loads(body) == {"metrics": {"a": 0.25, "b": 0.1}}


def test_a_fast_answer_is_encoded_as_it_is_unless_it_holds_a_null():
    assert write({"name": "a", "own": 1}, as_is=True) == b'{"name":"a","own":1}'
    assert write({"name": None, "own": 1}, as_is=True) == b"{}"
    assert write({"name": "null"}, as_is=True) == b'{"name":"null"}'


def test_no_result_and_no_output_are_the_empty_answer():
    assert write(None) == b"{}"
    assert AnswerWriter(None, empty=b"", as_is=True)({"a": 1}) == b""
