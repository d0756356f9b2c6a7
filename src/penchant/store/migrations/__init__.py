"""The steps that brought the tables to their present form, run by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(tx: Connection) -> None:
    """Run the steps that are missing, inside the given transaction.

    Raises:
        ValueError: The database has been through a step that this version does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = tx
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    present = MigrationContext.configure(tx).get_current_revision()
    if present is not None and present not in known:
        raise ValueError(
            f"The database is at revision {present!r}, which this Penchant does not know: "
            "it was written by a newer version; install that one"
        )
    command.upgrade(config, "head")
