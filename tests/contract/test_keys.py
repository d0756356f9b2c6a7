"""What the store of access keys promises, on every database."""

import re

import pytest
from sqlalchemy import Engine

from penchant.domain.errors import ResourceAlreadyExistsException
from penchant.store.keys import AccessKeys

ACCOUNT = "000000000000"


@pytest.fixture
def keys(engine: Engine) -> AccessKeys:
    return AccessKeys(engine)


def test_a_drawn_key_looks_like_one_of_aws_and_is_found(keys, clock):
    key = keys.create(ACCOUNT, "laptop", clock())
    assert re.fullmatch("AKIA[A-Z2-7]{16}", key.id)
    assert re.fullmatch("[A-Za-z0-9+/]{40}", key.secret)
    assert keys.find(key.id) == key


def test_no_two_keys_are_alike(keys, clock):
    drawn = [keys.create(ACCOUNT, "", clock()) for _ in range(20)]
    assert len({key.id for key in drawn}) == len({key.secret for key in drawn}) == 20


def test_a_given_key_is_kept_as_it_is(keys, clock):
    key = keys.create(ACCOUNT, "ci", clock(), key_id="test", secret="test")
    assert keys.find("test") == key
    assert (key.secret, key.account, key.label) == ("test", ACCOUNT, "ci")


def test_a_taken_id_is_refused(keys, clock):
    keys.create(ACCOUNT, "", clock(), key_id="test")
    with pytest.raises(ResourceAlreadyExistsException, match="id test exists already"):
        keys.create(ACCOUNT, "", clock(), key_id="test")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"account": "123"}, "account '123' is not 12 digits"),
        ({"key_id": "a/b"}, "access key id 'a/b' is not 1 to 128 letters"),
        ({"secret": ""}, "the secret of access key AKIA.* is empty"),
    ],
)
def test_what_cannot_be_a_key_is_refused(keys, clock, values, reason):
    arguments = {"account": ACCOUNT, "label": "", "now": clock()} | values
    with pytest.raises(ValueError, match=reason):
        keys.create(**arguments)


def test_a_revoked_key_is_not_found_but_listed(keys, clock):
    first = keys.create(ACCOUNT, "first", clock())
    second = keys.create(ACCOUNT, "second", clock.pass_s(1))
    assert keys.revoke(first.id, clock.pass_s(1))
    assert keys.find(first.id) is None
    assert keys.find("unknown") is None
    assert keys.find("bad\0") is None
    assert [(key.label, key.revoked_at) for key in keys.all()] == [
        ("first", clock()),
        ("second", None),
    ]
    assert keys.find(second.id) == second


def test_revoking_twice_or_what_is_not_there_changes_nothing(keys, clock):
    key = keys.create(ACCOUNT, "", clock())
    keys.revoke(key.id, clock())
    assert not keys.revoke(key.id, clock.pass_s(5))
    assert not keys.revoke("unknown", clock())
    assert keys.all()[0].revoked_at == key.created_at


def test_a_printed_key_hides_its_secret(keys, clock):
    key = keys.create(ACCOUNT, "", clock())
    assert key.secret not in repr(key)
