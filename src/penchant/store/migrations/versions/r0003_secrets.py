"""Secrets of the installation itself."""

import sqlalchemy as sa
from alembic import op

from penchant.store.columns import Word

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "secrets",
        sa.Column("name", Word, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
