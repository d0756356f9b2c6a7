import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.domain.errors import InvalidNextTokenException
from penchant.store.cursors import Cursors

AT = datetime(2026, 1, 1, 1, 2, 3, 456789, tzinfo=UTC)
SCOPES = st.text(st.characters(exclude_categories=["Cs"]))


class Clock:
    def __init__(self):
        self.now = AT

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cursors(clock):
    return Cursors(lambda: b"ours", clock, timedelta(hours=1))


@given(at=st.datetimes(timezones=st.just(UTC)), number=st.integers(0, 2**63 - 1), scope=SCOPES)
def test_a_cursor_holds_its_place(at, number, scope):
    cursors = Cursors(lambda: b"ours", Clock())
    assert cursors.read(cursors.write(at, number, scope), scope) == (at, number)


def test_a_cursor_fits_where_the_api_carries_it(cursors):
    assert len(cursors.write(AT, 2**63 - 1, "x" * 10_000)) < 1_500


def test_a_cursor_of_another_list_is_refused(cursors):
    with pytest.raises(InvalidNextTokenException, match="call it again without nextToken"):
        cursors.read(cursors.write(AT, 1, "one"), "other")


def test_a_cursor_that_another_installation_signed_is_refused(cursors, clock):
    theirs = Cursors(lambda: b"theirs", clock).write(AT, 1, "one")
    with pytest.raises(InvalidNextTokenException, match="was not returned by this list"):
        cursors.read(theirs, "one")


@pytest.mark.parametrize("place", range(0, 40, 5))
def test_a_cursor_that_was_changed_is_refused(cursors, place):
    raw = bytearray(base64.urlsafe_b64decode(cursors.write(AT, 1, "one")))
    raw[place] ^= 1
    with pytest.raises(InvalidNextTokenException, match="was not returned by this list"):
        cursors.read(base64.urlsafe_b64encode(raw).decode(), "one")


def test_a_cursor_expires(cursors, clock):
    cursor = cursors.write(AT, 1, "one")
    clock.now += timedelta(minutes=59)
    assert cursors.read(cursor, "one") == (AT, 1)
    clock.now += timedelta(minutes=1)
    with pytest.raises(InvalidNextTokenException, match="has expired; call the list again"):
        cursors.read(cursor, "one")


@pytest.mark.parametrize("text", ["", "?", "ü", "\ud800", "AAAA", "A" * 33, "A" * 56])
def test_what_is_no_cursor_is_refused(cursors, text):
    with pytest.raises(InvalidNextTokenException, match="was not returned by this list"):
        cursors.read(text, "one")


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 100])
def test_parts_of_a_whole_list_follow_each_other(cursors, limit):
    entries, seen, after = list("abcdef"), [], None
    while not seen or after:
        part, after = cursors.part(entries, "letters", after=after, limit=limit)
        assert 0 < len(part) <= limit
        seen += part
    assert seen == entries


def test_an_empty_list_has_one_empty_part(cursors):
    assert cursors.part([], "letters", after=None, limit=9) == ([], None)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    with pytest.raises(InvalidNextTokenException):
        Cursors(lambda: b"ours", Clock()).read(text, "one")
