from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from penchant.store.columns import Document, Moment

SQLITE = dialect()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_keeps_its_microseconds(at):
    kept = Moment().process_bind_param(at, SQLITE)
    assert Moment().process_result_value(kept, SQLITE) == at


def test_a_moment_of_another_zone_comes_back_in_utc():
    at = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    back = Moment().process_result_value(Moment().process_bind_param(at, SQLITE), SQLITE)
    assert back == at
    assert back.tzinfo is UTC


@given(JSON)
def test_a_document_comes_back_as_it_went_in(value):
    kept = Document().process_bind_param(value, SQLITE)
    assert kept is None or kept.isascii()
    assert Document().process_result_value(kept, SQLITE) == value


def test_a_document_keeps_the_order_of_its_keys():
    kept = Document().process_bind_param({"b": 1, "a": 2}, SQLITE)
    assert list(Document().process_result_value(kept, SQLITE)) == ["b", "a"]


def test_nothing_stays_nothing():
    assert Moment().process_bind_param(None, SQLITE) is None
    assert Moment().process_result_value(None, SQLITE) is None


def test_what_json_does_not_know_is_refused():
    with pytest.raises(TypeError, match="datetime is not JSON serializable"):
        Document().process_bind_param({"at": datetime(2026, 1, 1, tzinfo=UTC)}, SQLITE)
