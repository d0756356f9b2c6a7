import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from penchant.domain.errors import InvalidInputException, SerializationException, ServiceError
from penchant.protocol.catalogue import load_apis
from penchant.protocol.normalise import normalise
from penchant.protocol.violations import explain

APIS = load_apis()
EVENTS = APIS.by_path["/events"]
SOLUTION = APIS.by_target["AmazonPersonalize.CreateSolution"]
RECOMMENDATIONS = APIS.by_path["/recommendations"]

REFUSALS = ("InvalidInputException", "SerializationException")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


def names_below(shape):
    yield from getattr(shape, "members", {})
    for inner in (*getattr(shape, "members", {}).values(), getattr(shape, "member", None)):
        if inner is not None:
            yield from names_below(inner)


def bodies(operation):
    names = st.sampled_from(sorted(set(names_below(operation.model.input_shape)))) | st.text()
    values = st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(names, values, max_size=6)


def refusal(operation, text):
    """The error that a body is refused with; None for one that is parsed."""
    try:
        operation.parse(text)
    except ServiceError as error:
        return error
    return None


OPERATIONS = pytest.mark.parametrize(
    "operation", [EVENTS, SOLUTION, RECOMMENDATIONS], ids=lambda op: op.name
)


@OPERATIONS
def test_whatever_json_is_sent_is_parsed_or_refused(operation):
    @given(bodies(operation))
    @example({"numResults": 1e400})
    @example({"eventList": [{"sentAt": 1e308, "eventValue": -1e308}]})
    def check(body):
        error = refusal(operation, json.dumps(body).encode())
        assert error is None or error.code in REFUSALS

    check()


@OPERATIONS
def test_what_the_types_stop_is_explained_and_what_they_pass_needs_no_explanation(operation):
    shape = operation.model.input_shape

    @given(bodies(operation))
    def check(body):
        text = json.dumps(body).encode()
        try:
            complaint = explain(shape, normalise(shape, msgspec.json.decode(text)))
        except SerializationException as error:
            complaint = error.message
        except msgspec.DecodeError:  # numbers that JSON does not have
            return
        error = refusal(operation, text)
        assert (error and error.message) == complaint

    check()


@given(st.binary())
def test_whatever_bytes_are_sent_are_parsed_or_refused(body):
    error = refusal(RECOMMENDATIONS, body)
    assert error is None or error.code in REFUSALS


def event(**members):
    body = {"trackingId": "t", "sessionId": "s", "eventList": [{"eventType": "e"} | members]}
    return EVENTS.parse(json.dumps(body).encode())["event_list"][0]


@pytest.mark.parametrize("sent_at", [1_700_000_000, 1_700_000_000.0, 1_700_000_000_000])
def test_a_time_may_be_whole_or_not_in_seconds_or_milliseconds(sent_at):
    assert event(sentAt=sent_at)["sentAt"] == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize("sent_at", [-62_135_596_800, 253_402_300_799])
def test_a_time_may_be_as_far_off_as_a_datetime_can_hold(sent_at):
    assert event(sentAt=sent_at)["sentAt"].timestamp() == sent_at


@pytest.mark.parametrize("sent_at", [-62_135_596_801, 1e18])
def test_a_time_beyond_that_is_refused(sent_at):
    with pytest.raises(InvalidInputException, match="within the years 1 to 9999"):
        event(sentAt=sent_at)
