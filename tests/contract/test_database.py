"""Opening and migrating a database, whichever it is."""

from contextlib import ExitStack

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from penchant.store.database import connect, migrate, writing
from penchant.store.tables import metadata

from .processes import program

MIGRATE = """
import sys
from penchant.store.database import connect, migrate

engine = connect(sys.argv[1])
migrate(engine)
engine.dispose()
"""


def test_the_migrated_tables_are_those_the_stores_know(empty_database_url):
    engine = connect(empty_database_url)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(database_url):
    engine = connect(database_url)
    with writing(engine) as tx:
        tx.execute(text("INSERT INTO streams (arn, last_sequence) VALUES ('kept', 5)"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT last_sequence FROM streams")).scalars().all() == [5]
    engine.dispose()


def test_processes_that_start_together_migrate_once(empty_database_url):
    with ExitStack() as stack:
        children = [stack.enter_context(program(MIGRATE, empty_database_url)) for _ in range(3)]
        assert [child.wait(60) for child in children] == [0, 0, 0]
    engine = connect(empty_database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    engine.dispose()


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty_database_url):
    engine = connect(empty_database_url)
    with writing(engine) as tx:
        tx.execute(text("CREATE TABLE jobs (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(engine)
    with writing(engine) as tx:
        tx.execute(text("DROP TABLE jobs"))
    migrate(engine)
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database_url):
    engine = connect(database_url)
    with writing(engine) as tx:
        known = tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(ValueError, match="revision '9999', which this Penchant does not know"):
            migrate(engine)
    finally:
        with writing(engine) as tx:
            tx.execute(text("UPDATE alembic_version SET version_num = :known"), {"known": known})
        engine.dispose()


def test_what_is_committed_is_flushed_to_the_disk(database_url):
    engine = connect(database_url)
    question = "PRAGMA synchronous" if "sqlite" in database_url else "SHOW synchronous_commit"
    with engine.connect() as connection:
        assert connection.execute(text(question)).scalar_one() in (2, "on")
    engine.dispose()
