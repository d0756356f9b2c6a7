from datetime import UTC, datetime

import pytest

from penchant.domain.errors import InvalidInputException
from penchant.domain.identifiers import Uuids
from penchant.service.event_reading import read_event, read_properties, read_time

SENT = {"eventType": "click", "itemId": "7", "sentAt": 1_700_000_000}


def read(**members):
    return read_event({**SENT, **members}, "session", "ann", Uuids())


def test_item_and_value_may_stand_inside_the_properties():
    sent = {"eventType": "click", "sentAt": 1}
    for properties in ('{"itemId": 123, "eventValue": "4.5"}', {"itemId": 123, "eventValue": 4.5}):
        event = read_event({**sent, "properties": properties}, "session", None, Uuids())
        assert (event.item_id, event.event_value, event.properties) == ("123", 4.5, {})
        assert event.user_id == "session"


def test_item_and_value_beside_the_properties_win():
    event = read(eventValue=0.0, properties='{"itemId": "8", "eventValue": 9}')
    assert (event.item_id, event.event_value) == ("7", 0.0)


def test_other_properties_are_kept_as_sent():
    assert read(properties='{"numberOfRatings": 3}').properties == {"numberOfRatings": 3}


def test_an_event_without_an_item_is_taken():
    assert read_event({"eventType": "login", "sentAt": 1}, "s", None, Uuids()).item_id == ""


def test_an_event_without_an_id_gets_one():
    ids = iter(["a", "b"])
    given = [read_event(SENT, "s", None, lambda: next(ids)).event_id for _ in range(2)]
    assert given == ["a", "b"]
    assert read(eventId="mine").event_id == "mine"


def test_impressions_and_the_source_of_attribution_are_kept():
    event = read(impression=["1", "7"], metricAttribution={"eventAttributionSource": "mail"})
    assert event.impression == ("1", "7")
    assert event.properties == {"EVENT_ATTRIBUTION_SOURCE": "mail"}


@pytest.mark.parametrize(
    "name", ["userId", "SESSIONID", "eventType", "TimeStamp", "recommendationId", "impression"]
)
def test_what_has_a_place_of_its_own_may_not_be_a_property(name):
    with pytest.raises(InvalidInputException, match=f"properties may not hold '{name}'; it has a"):
        read(properties={name: "x"})


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (1_700_000_000, 1_700_000_000),
        (1_700_000_000.9, 1_700_000_000),
        (1_700_000_000_900, 1_700_000_000),
        (datetime.fromtimestamp(1_700_000_000.9, UTC), 1_700_000_000),
        (0, 0),
        (99_999_999_999, 99_999_999_999),
        (100_000_000_000, 100_000_000),
    ],
)
def test_times_are_seconds_dates_or_being_that_large_milliseconds(sent, seconds):
    assert read_time(sent, "sentAt") == seconds


@pytest.mark.parametrize("sent", [-1, float("nan"), float("inf"), True, "soon", None])
def test_what_is_no_time_is_refused(sent):
    with pytest.raises(InvalidInputException, match=r"sentAt is .*; give epoch seconds"):
        read_time(sent, "sentAt")


@pytest.mark.parametrize("value", ["abc", "nan", True, [], {}, 10**400])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(InvalidInputException, match=r"eventValue is .*; give a number"):
        read(properties={"eventValue": value})


@pytest.mark.parametrize("item", [[1], {}, True, "x" * 257])
def test_an_item_that_is_no_text_or_too_long_is_refused(item):
    with pytest.raises(InvalidInputException, match="give a text of at most 256 characters"):
        read_event(
            {"eventType": "c", "sentAt": 1, "properties": {"itemId": item}}, "s", None, Uuids()
        )


@pytest.mark.parametrize("sent", [None, "", "  ", "null", "{}", {}])
def test_no_properties_are_none(sent):
    assert read_properties(sent, "properties") == {}


@pytest.mark.parametrize("sent", ["[1]", '"text"', "5", [1]])
def test_properties_that_are_no_object_are_refused(sent):
    with pytest.raises(InvalidInputException, match=r"properties is .*; give a JSON object, such"):
        read_properties(sent, "properties")


def test_properties_that_are_no_json_are_refused():
    with pytest.raises(InvalidInputException, match=r"properties is not JSON: .* Give an object"):
        read_properties("{price: 1}", "properties")


def test_a_time_before_1970_is_shown_as_a_number():
    with pytest.raises(InvalidInputException, match=r"sentAt is -1\.0; give epoch seconds from 0"):
        read_time(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "sentAt")


@pytest.mark.parametrize("text", ['{"itemId":"\\ud800"}', '{"x":[{"\\ud800":1}]}'])
def test_half_a_character_is_named(text):
    with pytest.raises(InvalidInputException, match=r"properties holds '\\ud800', half of a"):
        read(properties=text)
