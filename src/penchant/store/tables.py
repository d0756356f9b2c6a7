"""The tables, as SQLAlchemy sees them; `migrations` makes them, a test holds the two together."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    false,
    text,
)

from penchant.store.columns import Document, Moment, Number, Word

metadata: Final = MetaData()

resources: Final = Table(
    "resources",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),  # order of creation
    Column("arn", Word, nullable=False, unique=True),
    Column("kind", Word, nullable=False),
    Column("account", Word, nullable=False),
    Column("region", Word, nullable=False),
    Column("name", Word, nullable=False),
    Column("status", Word, nullable=False),
    Column("parent_arn", Word, nullable=False),
    Column("alias", Word, unique=True),  # null for none, because many have none
    Column("sent", Document, nullable=False),
    Column("own", Document, nullable=False),
    Column("failure_reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("resources_of_owner", "account", "region", "kind", "created_at", "number"),
    Index("resources_of_parent", "parent_arn", "kind", "created_at", "number"),
    sqlite_autoincrement=True,
)

tags: Final = Table(
    "tags",
    metadata,
    Column("arn", Word, ForeignKey("resources.arn", ondelete="CASCADE"), primary_key=True),
    Column("key", Word, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

access_keys: Final = Table(
    "access_keys",
    metadata,
    Column("id", Word, primary_key=True),
    Column("secret", Text, nullable=False),
    Column("account", Word, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    sqlite_with_rowid=False,
)

streams: Final = Table(
    "streams",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("arn", Word, nullable=False, unique=True),
    Column("last_sequence", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

events: Final = Table(
    "events",
    metadata,
    Column("stream_id", BigInteger, primary_key=True),
    Column("user_id", Word, primary_key=True),
    Column("timestamp", BigInteger, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("event_hash", BigInteger),  # of the client's event id, null for none
    Column("body", Text, nullable=False),  # the whole event as JSON
    sqlite_with_rowid=False,  # clustered: one user's newest events lie side by side
)

records: Final = Table(
    "records",
    metadata,
    Column("dataset_arn", Word, primary_key=True),
    Column("id", Word, primary_key=True),
    Column("properties", Document, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("outdated", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)

shown: Final = Table(
    "shown",
    metadata,
    Column("recommendation_id", Word, primary_key=True),
    Column("item_ids", Document, nullable=False),
    Column("shown_at", Moment, nullable=False, index=True),
    sqlite_with_rowid=False,
)

secrets: Final = Table(
    "secrets",
    metadata,
    Column("name", Word, primary_key=True),
    Column("value", Text, nullable=False),  # hexadecimal
    sqlite_with_rowid=False,
)

attributed: Final = Table(
    "attributed",
    metadata,
    Column("attribution_arn", Word, primary_key=True),
    Column("bucket", BigInteger, primary_key=True),  # its beginning, epoch seconds
    Column("metric", Word, primary_key=True),
    Column("event_type", Word, primary_key=True),
    Column("function", Word, primary_key=True),
    Column("source", Word, primary_key=True),
    Column("value", Double, nullable=False),
    Column("pending", Double),  # the part that no report has told, null for none
    Column("reporting", Double),  # the part that a report being written tells
    sqlite_with_rowid=False,
)

usage: Final = Table(
    "usage",
    metadata,
    Column("account", Word, primary_key=True),
    Column("region", Word, primary_key=True),
    Column("resource_arn", Word, primary_key=True),
    Column("operation", Word, primary_key=True),
    Column("outcome", Word, primary_key=True),
    Column("bucket", BigInteger, primary_key=True),  # its beginning, epoch seconds
    Column("n", BigInteger, nullable=False),
    Column("total_ms", Double, nullable=False),
    Column("low_ms", Double, nullable=False),
    Column("high_ms", Double, nullable=False),
    sqlite_with_rowid=False,
)

_OPEN_JOBS: Final = text("state IN ('QUEUED', 'RUNNING', 'STOPPING')")

jobs: Final = Table(
    "jobs",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("kind", Word, nullable=False),
    Column("resource_arn", Word, nullable=False, index=True),
    Column("payload", Document, nullable=False),
    Column("state", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("lease_until", Double, nullable=False),  # epoch seconds
    Column("progress", Document, nullable=False),
    Column("checkpoint", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("jobs_open", "id", sqlite_where=_OPEN_JOBS, postgresql_where=_OPEN_JOBS),
    sqlite_autoincrement=True,
)
