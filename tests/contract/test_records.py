"""What the store of single items and users promises, on every database."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from penchant.store.database import writing
from penchant.store.records import Records

ITEMS = "arn:aws:personalize:us-east-1:000000000000:dataset/shop/ITEMS"


@pytest.fixture
def records(engine: Engine) -> Records:
    return Records(engine)


def test_a_record_put_again_is_replaced_as_a_whole(records, engine, clock):
    with writing(engine) as tx:
        records.put(tx, ITEMS, {"a": {"price": 1.5, "genre": "x|y"}, "b": {}}, clock())
        records.put(tx, ITEMS, {"a": {"genre": "z"}}, clock())
    assert list(records.scan(ITEMS)) == [("a", {"genre": "z"}), ("b", {})]


def test_datasets_are_apart(records, engine, clock):
    with writing(engine) as tx:
        records.put(tx, ITEMS, {"a": {"n": 1}}, clock())
        records.put(tx, "other", {"a": {"n": 2}}, clock())
    with writing(engine) as tx:
        records.drop(tx, ITEMS)
    assert list(records.scan(ITEMS)) == []
    assert list(records.scan("other")) == [("a", {"n": 2})]
    assert (records.count(ITEMS), records.count("other")) == (0, 1)


def test_an_id_that_cannot_be_kept_is_refused(records, engine, clock):
    reason = "the id 'b.x00' holds a NUL character; leave it out"
    with writing(engine) as tx, pytest.raises(ValueError, match=reason):
        records.put(tx, ITEMS, {"a": {}, "b\0": {}}, clock())
    assert records.count(ITEMS) == 0


def test_nothing_to_put_is_no_error(records, engine, clock):
    with writing(engine) as tx:
        records.put(tx, ITEMS, {}, clock())
    assert records.count(ITEMS) == 0


def test_a_scan_longer_than_a_batch_is_whole_and_sorted_by_bytes(records, engine, clock):
    ids = [f"{'aBä'[n % 3]}{n}" for n in range(12_000)]
    with writing(engine) as tx:
        records.put(tx, ITEMS, {name: {"n": name} for name in ids}, clock())
    found = list(records.scan(ITEMS))
    assert {name for name, _ in found} == set(ids)
    assert all(one[0].encode() < next_[0].encode() for one, next_ in pairwise(found))
    assert all(properties == {"n": name} for name, properties in found)


def test_a_put_that_is_rolled_back_leaves_nothing(records, engine, clock):
    with pytest.raises(KeyError), writing(engine) as tx:  # noqa: PT012
        records.put(tx, ITEMS, {"a": {}}, clock())
        raise KeyError
    assert records.count(ITEMS) == 0


def test_a_few_records_are_found_by_id(records, engine, clock):
    with writing(engine) as tx:
        records.put(tx, ITEMS, {"a": {"n": 1}, "b": {"n": 2}}, clock())
        records.put(tx, "other", {"c": {"n": 3}}, clock())
    assert records.find(ITEMS, ["b", "c", "zz", "no\0id"]) == {"b": {"n": 2}}
    assert records.find(ITEMS, []) == {}


def test_the_state_changes_with_every_put_even_one_of_an_older_time(records, engine, clock):
    early = clock()
    late = early + timedelta(seconds=1)
    seen = [records.state(ITEMS)]
    for values, at in (
        ({"a": {"n": 1}}, late),
        ({"b": {"n": 1}}, late),
        ({"a": {"n": 2}}, early),
    ):
        with writing(engine) as tx:
            records.put(tx, ITEMS, values, at)
        seen.append(records.state(ITEMS))
    with writing(engine) as tx:
        records.put(tx, "other", {"a": {}}, clock())
    assert records.state(ITEMS) == seen[-1]
    with writing(engine) as tx:
        records.drop(tx, ITEMS)
    assert records.state(ITEMS) == seen[0]
    assert len(set(seen)) == 4


class TestOutdated:
    """Records whose id an import brought a newer one of."""

    @pytest.fixture
    def late(self, records, engine, clock):
        """The moment up to which records are outdated; `new` was put after it."""
        early = clock()
        with writing(engine) as tx:
            records.put(tx, ITEMS, {"a": {"n": 1}, "b": {"n": 2}}, early)
            records.put(tx, "other", {"a": {"n": 3}}, early)
            records.put(tx, ITEMS, {"new": {"n": 4}}, early + timedelta(seconds=2))
        late = early + timedelta(seconds=1)
        with writing(engine) as tx:
            records.outdate(tx, ITEMS, ["a", "new", "nobody"], until=late)
        return late

    def test_they_count_no_more_and_are_kept(self, records, late):
        assert [name for name, _ in records.scan(ITEMS)] == ["b", "new"]
        assert list(records.find(ITEMS, ["a", "b"])) == ["b"]
        assert [name for name, _ in records.scan(ITEMS, with_outdated=True)] == ["a", "b", "new"]
        assert list(records.scan("other")) == [("a", {"n": 3})]

    def test_those_put_again_count_again(self, records, engine, late):
        with writing(engine) as tx:
            records.put(tx, ITEMS, {"a": {"n": 5}}, late)
        assert records.find(ITEMS, ["a"]) == {"a": {"n": 5}}

    def test_all_can_be_made_to_count_again(self, records, engine, late):
        with writing(engine) as tx:
            records.revive(tx, ITEMS)
        assert records.find(ITEMS, ["a"]) == {"a": {"n": 1}}

    def test_ids_are_told_up_to_a_moment(self, records, late):
        assert records.ids(ITEMS, until=late) == ["a", "b"]
