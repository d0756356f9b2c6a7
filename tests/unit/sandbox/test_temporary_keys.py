from datetime import UTC, datetime, timedelta

from penchant.sandbox.temporary_keys import TemporaryKey, TemporaryKeys

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def key(name: str, minutes: float) -> TemporaryKey:
    ends = NOW + timedelta(minutes=minutes)
    return TemporaryKey(name, "secret", "token", "111111111111", ends, "AKIAONE")


def test_a_key_is_found_until_it_ends():
    moment = [NOW]
    keys = TemporaryKeys(lambda: moment[0])
    keys.add(key("a", 60))
    assert keys.find("a").account == "111111111111"
    moment[0] += timedelta(minutes=60)
    assert keys.find("a") is None


def test_ended_keys_are_forgotten():
    moment = [NOW]
    keys = TemporaryKeys(lambda: moment[0])
    keys.add(key("a", 1))
    moment[0] += timedelta(minutes=2)
    keys.add(key("b", 5))
    assert list(keys._keys) == ["b"]


def test_secrets_are_not_shown():
    assert "secret" not in repr(key("a", 1))
    assert "token='" not in repr(key("a", 1))
