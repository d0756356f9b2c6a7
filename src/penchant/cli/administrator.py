"""The first key: made when there is none, and written where AWS programs look for it."""

from datetime import datetime
from typing import Final

from penchant.cli.data_folder import DataFolder, KeyPair
from penchant.store.keys import AccessKey, AccessKeys

LABEL: Final = "administrator"


def ensure_administrator(keys: AccessKeys, folder: DataFolder, account: str, now: datetime) -> None:
    """Make the administrator's key on the first start; write its file again if that is missing.

    A store whose keys have all been revoked gets no new one: `penchant credentials create` is the
    way back in.
    """
    every = keys.all()
    if not every:
        folder.write_key(_pair(keys.create(account, LABEL, now)))
        return
    active = [key for key in every if key.label == LABEL and key.revoked_at is None]
    if active and not folder.credentials.exists():
        folder.write_key(_pair(active[0]))


def _pair(key: AccessKey) -> KeyPair:
    return KeyPair(key.id, key.secret)
