"""Secrets of the installation itself, made when they are first needed, the same in all processes.

They are kept as they are; the database file is readable by its owner only.
"""

from secrets import token_hex
from typing import Final

from sqlalchemy import Engine, select

from penchant.store import database
from penchant.store.tables import secrets

_BYTES: Final = 32


def secret(engine: Engine, name: str) -> bytes:
    """The 32 bytes that this installation keeps under a name."""
    wanted = select(secrets.c.value).where(secrets.c.name == name)
    with database.reading(engine) as connection:
        found = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        with database.writing(engine) as tx:
            database.insert_new(tx, secrets, ("name",), {"name": name, "value": token_hex(_BYTES)})
            found = tx.execute(wanted).scalar_one()
    return bytes.fromhex(found)
