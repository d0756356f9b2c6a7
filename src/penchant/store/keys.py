"""Access keys: who may sign requests.

Signature Version 4 proves that both sides know the same secret, so secrets have to be kept as
they are; the database file is readable by its owner only.
"""

import base64
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from penchant.domain.errors import ResourceAlreadyExistsException
from penchant.store import database
from penchant.store.tables import access_keys

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_ID: Final = re.compile(r"\w{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A pair of id and secret that signs for an account; revoked for ever at `revoked_at`."""

    id: str
    secret: str = field(repr=False)
    account: str
    label: str
    created_at: datetime
    revoked_at: datetime | None = None


class AccessKeys:
    """All access keys, the revoked ones too."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(
        self,
        account: str,
        label: str,
        now: datetime,
        *,
        key_id: str | None = None,
        secret: str | None = None,
    ) -> AccessKey:
        """Make a key for an account; id and secret are drawn at random unless given.

        Raises:
            ValueError: `account` is not 12 digits, or `key_id` or `secret` cannot be used.
            ResourceAlreadyExistsException: A key has this id already.
        """
        key = AccessKey(
            id=_draw_id() if key_id is None else key_id,
            secret=_draw_secret() if secret is None else secret,
            account=account,
            label=label,
            created_at=now,
        )
        _check(key)
        values = {name: getattr(key, name) for name in AccessKey.__dataclass_fields__}
        try:
            with database.writing(self._engine) as tx:
                tx.execute(insert(access_keys).values(values))
        except IntegrityError:
            raise ResourceAlreadyExistsException(
                f"An access key with id {key.id} exists already; choose another id"
            ) from None
        return key

    def find(self, key_id: str) -> AccessKey | None:
        """The key with this id, or None where there is none or it has been revoked."""
        if not database.can_be_kept(key_id):
            return None
        wanted = select(access_keys).where(
            access_keys.c.id == key_id, access_keys.c.revoked_at.is_(None)
        )
        with database.reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else _from_row(row)

    def all(self) -> list[AccessKey]:
        """Every key, oldest first."""
        wanted = select(access_keys).order_by(access_keys.c.created_at, access_keys.c.id)
        with database.reading(self._engine) as connection:
            return [_from_row(row) for row in connection.execute(wanted)]

    def revoke(self, key_id: str, now: datetime) -> bool:
        """End a key; False where no active key has this id."""
        ended = (
            update(access_keys)
            .where(access_keys.c.id == key_id, access_keys.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        with database.writing(self._engine) as tx:
            return tx.execute(ended).rowcount == 1


def _check(key: AccessKey) -> None:
    if not _ACCOUNT.fullmatch(key.account):
        raise ValueError(f"account {key.account!r} is not 12 digits; write one like 000000000000")
    if not _ID.fullmatch(key.id):
        raise ValueError(f"access key id {key.id!r} is not 1 to 128 letters, digits and _")
    if not key.secret:
        raise ValueError(f"the secret of access key {key.id} is empty; leave it out to draw one")


def _draw_id() -> str:
    return "AKIA" + base64.b32encode(secrets.token_bytes(10)).decode()


def _draw_secret() -> str:
    return base64.b64encode(secrets.token_bytes(30)).decode()


def _from_row(row: Row[Any]) -> AccessKey:
    return AccessKey(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name
