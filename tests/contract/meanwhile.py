"""What happens while another transaction has written and not yet committed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text

from penchant.store.database import writing

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
_PATIENCE_S = 20.0


def meanwhile(
    engine: Engine, write: Callable[[Connection], object], act: Callable[[], object]
) -> None:
    """Begin `act` once `write` has written, and commit that when `act` waits for it."""
    with ThreadPoolExecutor(1) as pool:
        with writing(engine) as tx:
            write(tx)
            done = pool.submit(act)
            _wait_until_it_waits(engine)
        done.result()


def _wait_until_it_waits(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        time.sleep(0.1)  # it stands at BEGIN IMMEDIATE; SQLite tells nobody
        return
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.execute(_WAITING).scalar_one():
                return
        time.sleep(0.01)
    pytest.fail("nobody waits for what was written")
