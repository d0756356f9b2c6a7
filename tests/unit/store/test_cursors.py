import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.domain.errors import InvalidNextTokenException
from penchant.store import cursors

AT = datetime(2026, 1, 1, 1, 2, 3, 456789, tzinfo=UTC)


@given(
    at=st.datetimes(timezones=st.just(UTC)),
    number=st.integers(0, 2**63 - 1),
    scope=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_cursor_holds_its_place(at, number, scope):
    assert cursors.read(cursors.write(at, number, scope), scope) == (at, number)


def test_a_cursor_fits_where_the_api_carries_it():
    assert len(cursors.write(AT, 2**63 - 1, "x" * 10_000)) < 1_500


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(InvalidNextTokenException, match="call it again without nextToken"):
        cursors.read(cursors.write(AT, 1, "one"), "other")


@pytest.mark.parametrize(
    "text",
    ["", "?", "ü", "AAAA", "A" * 33, base64.b64encode(b"\xff" * 8 + b"\0" * 16).decode() + "=="],
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(InvalidNextTokenException, match="was not returned by this list"):
        cursors.read(text, "one")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    with pytest.raises(InvalidNextTokenException):
        cursors.read(text, "one")


def test_a_time_beyond_the_calendar_is_refused():
    packed = (2**63 - 1).to_bytes(8) + b"\0" * 8 + cursors._digest("one")
    with pytest.raises(InvalidNextTokenException):
        cursors.read(base64.urlsafe_b64encode(packed).decode(), "one")
