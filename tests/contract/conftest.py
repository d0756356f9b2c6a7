"""What the contract suites run over: every store on SQLite and on a real PostgreSQL."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from penchant.store.database import connect, migrate


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    from .postgres import cluster, missing

    if reason := missing():
        pytest.skip(reason)
    # Not pytest's own folder: the server's user may not enter it.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        with cluster(Path(name)) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'penchant.db'}"
        return
    server = request.getfixturevalue("postgres_url")
    engine = connect(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS penchant WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE penchant"))
    engine.dispose()
    yield make_url(server).set(database="penchant").render_as_string(hide_password=False)


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """The address of a database with tables."""
    engine = connect(empty_database_url)
    migrate(engine)
    engine.dispose()
    return empty_database_url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()
