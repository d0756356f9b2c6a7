from types import SimpleNamespace

from penchant.edge import keys
from penchant.edge.keys import CachedKeys, FirstOf

KEY = SimpleNamespace(id="a", secret="s", account="1")


class Counting:
    def __init__(self):
        self.found, self.asked = {"a": KEY}, []

    def find(self, access_key_id):
        self.asked.append(access_key_id)
        return self.found.get(access_key_id)


def test_a_key_is_asked_for_once_a_second():
    now, store = [10.0], Counting()
    cached = CachedKeys(store, lambda: now[0])
    assert [cached.find("a"), cached.find("a")] == [KEY, KEY]
    now[0] = 10.99
    cached.find("a")
    assert store.asked == ["a"]
    now[0] = 11.0
    cached.find("a")
    assert store.asked == ["a", "a"]


def test_a_revoked_key_is_gone_a_second_later():
    now, store = [0.0], Counting()
    cached = CachedKeys(store, lambda: now[0])
    cached.find("a")
    store.found.clear()
    assert cached.find("a") is KEY
    now[0] = 1.0
    assert cached.find("a") is None


def test_a_stranger_is_not_looked_for_again_at_once():
    store = Counting()
    cached = CachedKeys(store, lambda: 0.0)
    assert [cached.find("x"), cached.find("x")] == [None, None]
    assert store.asked == ["x"]


def test_a_flood_of_strangers_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(keys, "_MOST", 10)
    cached = CachedKeys(Counting(), lambda: 0.0)
    for number in range(25):
        cached.find(str(number))
    assert len(cached._found) <= 10


def test_several_lookups_are_asked_in_turn():
    lasting, lent = Counting(), Counting()
    lent.found = {"b": "lent", "a": "other"}
    keys = FirstOf(lasting, lent)
    assert [keys.find("a"), keys.find("b"), keys.find("c")] == [KEY, "lent", None]
    assert lent.asked == ["b", "c"]
