import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.store.event_rows import Event, from_body, to_row

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
INT64 = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | INT64 | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=5,
)


@given(
    st.builds(
        Event,
        user_id=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        item_id=TEXT,
        timestamp=INT64,
        event_type=st.none() | TEXT,
        event_value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        session_id=TEXT,
        event_id=TEXT,
        recommendation_id=st.none() | TEXT,
        impression=st.lists(TEXT, max_size=3).map(tuple),
        properties=st.dictionaries(TEXT, JSON, max_size=3),
    )
)
def test_every_event_comes_back_as_it_went_in(event):
    user_id, timestamp, _, body = to_row(event)
    assert (user_id, timestamp) == (event.user_id, event.timestamp)
    assert "\0" not in body
    assert from_body(body) == event


def test_a_plain_event_is_a_short_text():
    assert to_row(Event(user_id="u", item_id="i", timestamp=5)) == (
        "u",
        5,
        None,
        '{"user_id":"u","item_id":"i","timestamp":5}',
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_kept_as_none(value):
    row = to_row(Event(user_id="u", item_id="i", timestamp=5, event_value=value))
    assert from_body(row[3]).event_value is None


def test_equal_event_ids_have_one_hash_and_others_another():
    first, again, other = (
        to_row(Event(user_id="u", item_id="i", timestamp=5, event_id=event_id))[2]
        for event_id in ("a", "a", "b")
    )
    assert first == again
    assert first != other


def test_an_event_cannot_be_changed():
    event = Event(user_id="u", item_id="i", timestamp=5)
    with pytest.raises(AttributeError, match="immutable"):
        event.item_id = "j"  # type: ignore[misc]


def test_what_json_does_not_know_is_refused():
    with pytest.raises(ValueError, match="cannot be written as JSON"):
        to_row(Event(user_id="u", item_id="i", timestamp=5, properties={"x": object()}))


def test_a_text_that_is_no_event_is_refused():
    with pytest.raises(msgspec.ValidationError):
        from_body('{"user_id":"u"}')
