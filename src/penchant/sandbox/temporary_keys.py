"""Access keys that AssumeRole gave out: valid for a while, known to this process only."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from penchant.domain.resources import utc_now


@dataclass(frozen=True, slots=True)
class TemporaryKey:
    """A key of an assumed role.

    Attributes:
        id: The access key id.
        secret: The secret access key.
        session_token: What the client has to send beside its signature.
        account: Whose.
        expires_at: When it ends.
        issued_to: Access key id of the caller; it ends when that key does.
    """

    id: str
    secret: str = field(repr=False)
    session_token: str = field(repr=False)
    account: str
    expires_at: datetime
    issued_to: str


class TemporaryKeys:
    """The temporary keys that are valid; a key store to look into beside the lasting one.

    Args:
        lasting: Finds the active lasting key with an id, None for none.
        now: The present moment.
    """

    def __init__(
        self, lasting: Callable[[str], object | None], now: Callable[[], datetime] = utc_now
    ) -> None:
        self._lasting = lasting
        self._now = now
        self._keys: dict[str, TemporaryKey] = {}
        self._lock = threading.Lock()

    def add(self, key: TemporaryKey) -> None:
        """Take a new key and forget those that ended."""
        now = self._now()
        with self._lock:
            self._keys = {k: v for k, v in self._keys.items() if v.expires_at > now}
            self._keys[key.id] = key

    def find(self, access_key_id: str) -> TemporaryKey | None:
        """The key with this id, unless it ended or the key that asked for it was revoked."""
        key = self._keys.get(access_key_id)
        if key is None or key.expires_at <= self._now():
            return None
        issuer = self._lasting(key.issued_to) or self.find(key.issued_to)
        return key if issuer is not None else None
