"""Lists that were recommended."""

import sqlalchemy as sa
from alembic import op

from penchant.store.columns import Document, Moment, Word

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "shown",
        sa.Column("recommendation_id", Word, primary_key=True),
        sa.Column("item_ids", Document, nullable=False),
        sa.Column("shown_at", Moment, nullable=False, index=True),
        sqlite_with_rowid=False,
    )
