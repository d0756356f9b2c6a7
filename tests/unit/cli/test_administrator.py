"""The first key, in a real store."""

from datetime import UTC, datetime

import pytest

from penchant.cli.administrator import ensure_administrator
from penchant.cli.data_folder import DataFolder
from penchant.store.database import connect, migrate
from penchant.store.keys import AccessKeys

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'penchant.db'}")
    migrate(engine)
    yield AccessKeys(engine)
    engine.dispose()


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


def ensure(keys, folder):
    ensure_administrator(keys, folder, "000000000000", NOW)


def test_the_first_start_makes_a_key_and_writes_it(keys, folder):
    ensure(keys, folder)

    (key,) = keys.all()
    assert (key.label, key.account) == ("administrator", "000000000000")
    assert folder.read_key().access_key_id == key.id
    assert folder.read_key().secret_access_key == key.secret


def test_later_starts_make_no_other(keys, folder):
    ensure(keys, folder)
    ensure(keys, folder)

    assert len(keys.all()) == 1


def test_a_missing_file_is_written_again_with_the_same_key(keys, folder):
    ensure(keys, folder)
    written = folder.credentials.read_text()
    folder.credentials.unlink()

    ensure(keys, folder)

    assert folder.credentials.read_text() == written


def test_a_store_whose_keys_are_revoked_gets_no_new_one(keys, folder):
    ensure(keys, folder)
    keys.revoke(keys.all()[0].id, NOW)
    folder.credentials.unlink()

    ensure(keys, folder)

    assert len(keys.all()) == 1
    assert not folder.credentials.exists()
