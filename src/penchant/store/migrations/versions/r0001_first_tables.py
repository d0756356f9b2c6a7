"""Resources, tags, access keys, events, records, jobs."""

import sqlalchemy as sa
from alembic import op

from penchant.store.columns import Document, Moment, Number, Word

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    _resources()
    _access_keys()
    _events()
    _records()
    _jobs()


def _resources() -> None:
    op.create_table(
        "resources",
        sa.Column("number", Number, primary_key=True, autoincrement=True),
        sa.Column("arn", Word, nullable=False, unique=True),
        sa.Column("kind", Word, nullable=False),
        sa.Column("account", Word, nullable=False),
        sa.Column("region", Word, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("parent_arn", Word, nullable=False),
        sa.Column("alias", Word, unique=True),
        sa.Column("sent", Document, nullable=False),
        sa.Column("own", Document, nullable=False),
        sa.Column("failure_reason", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    newest = ["created_at", "number"]
    op.create_index("resources_of_owner", "resources", ["account", "region", "kind", *newest])
    op.create_index("resources_of_parent", "resources", ["parent_arn", "kind", *newest])
    op.create_table(
        "tags",
        sa.Column("arn", Word, sa.ForeignKey("resources.arn", ondelete="CASCADE")),
        sa.Column("key", Word),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("arn", "key"),
        sqlite_with_rowid=False,
    )


def _access_keys() -> None:
    op.create_table(
        "access_keys",
        sa.Column("id", Word, primary_key=True),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("account", Word, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("revoked_at", Moment),
        sqlite_with_rowid=False,
    )


def _events() -> None:
    op.create_table(
        "streams",
        sa.Column("id", Number, primary_key=True, autoincrement=True),
        sa.Column("arn", Word, nullable=False, unique=True),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "events",
        sa.Column("stream_id", sa.BigInteger),
        sa.Column("user_id", Word),
        sa.Column("timestamp", sa.BigInteger),
        sa.Column("sequence", sa.BigInteger),
        sa.Column("event_hash", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "user_id", "timestamp", "sequence"),
        sqlite_with_rowid=False,
    )


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("dataset_arn", Word),
        sa.Column("id", Word),
        sa.Column("properties", Document, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("dataset_arn", "id"),
        sqlite_with_rowid=False,
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", Number, primary_key=True, autoincrement=True),
        sa.Column("kind", Word, nullable=False),
        sa.Column("resource_arn", Word, nullable=False),
        sa.Column("payload", Document, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("progress", Document, nullable=False),
        sa.Column("checkpoint", Document, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_resource_arn", "jobs", ["resource_arn"])
    still_open = sa.text("state IN ('QUEUED', 'RUNNING', 'STOPPING')")
    op.create_index(
        "jobs_open", "jobs", ["id"], sqlite_where=still_open, postgresql_where=still_open
    )
