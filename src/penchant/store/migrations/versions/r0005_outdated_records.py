"""Which put records an import brought newer ones for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the column; so far no import did."""
    outdated = sa.Column("outdated", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("records", outdated)
