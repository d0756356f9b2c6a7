"""What Alembic runs around every step: the caller's transaction, and nothing else."""

from alembic import context

from penchant.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller's transaction is begun already, and holds the lock
)
context.run_migrations()
