import threading

import pytest

from penchant.store.database import connect, migrate
from penchant.store.secrets import secret


@pytest.fixture
def engine(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'penchant.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def test_a_secret_is_made_once_and_kept(engine):
    first = secret(engine, "cursors")
    assert len(first) == 32
    assert secret(engine, "cursors") == first
    assert secret(engine, "others") != first


def test_all_who_ask_at_once_get_the_same(engine):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(secret(engine, "cursors"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
