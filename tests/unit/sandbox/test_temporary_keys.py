from datetime import UTC, datetime, timedelta

from penchant.sandbox.temporary_keys import TemporaryKey, TemporaryKeys

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def key(name: str, minutes: float, issued_to: str = "AKIAONE") -> TemporaryKey:
    ends = NOW + timedelta(minutes=minutes)
    return TemporaryKey(name, "secret", "token", "111111111111", ends, issued_to)


def test_a_key_is_found_until_it_ends():
    moment = [NOW]
    keys = TemporaryKeys({"AKIAONE": "lasting"}.get, lambda: moment[0])
    keys.add(key("a", 60))
    assert keys.find("a").account == "111111111111"
    moment[0] += timedelta(minutes=60)
    assert keys.find("a") is None


def test_ended_keys_are_forgotten():
    moment = [NOW]
    keys = TemporaryKeys({"AKIAONE": "lasting"}.get, lambda: moment[0])
    keys.add(key("a", 1))
    moment[0] += timedelta(minutes=2)
    keys.add(key("b", 5))
    assert list(keys._keys) == ["b"]


def test_a_key_ends_with_the_key_that_asked_for_it():
    lasting = {"AKIAONE": "lasting"}
    keys = TemporaryKeys(lasting.get, lambda: NOW)
    keys.add(key("a", 60))
    keys.add(key("b", 60, issued_to="a"))
    assert keys.find("b") is not None
    lasting.clear()
    assert keys.find("a") is None
    assert keys.find("b") is None


def test_secrets_are_not_shown():
    assert "secret" not in repr(key("a", 1))
    assert "token='" not in repr(key("a", 1))
