"""Sums of metric attributions."""

import sqlalchemy as sa
from alembic import op

from penchant.store.columns import Word

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "attributed",
        sa.Column("attribution_arn", Word, primary_key=True),
        sa.Column("bucket", sa.BigInteger, primary_key=True),
        sa.Column("metric", Word, primary_key=True),
        sa.Column("event_type", Word, primary_key=True),
        sa.Column("function", Word, primary_key=True),
        sa.Column("source", Word, primary_key=True),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("pending", sa.Double),
        sa.Column("reporting", sa.Double),
        sqlite_with_rowid=False,
    )
