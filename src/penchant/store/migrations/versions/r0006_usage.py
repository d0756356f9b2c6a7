"""How often resources are called."""

import sqlalchemy as sa
from alembic import op

from penchant.store.columns import Word

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "usage",
        sa.Column("account", Word, primary_key=True),
        sa.Column("region", Word, primary_key=True),
        sa.Column("resource_arn", Word, primary_key=True),
        sa.Column("operation", Word, primary_key=True),
        sa.Column("outcome", Word, primary_key=True),
        sa.Column("bucket", sa.BigInteger, primary_key=True),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.Column("total_ms", sa.Double, nullable=False),
        sa.Column("low_ms", sa.Double, nullable=False),
        sa.Column("high_ms", sa.Double, nullable=False),
        sqlite_with_rowid=False,
    )
