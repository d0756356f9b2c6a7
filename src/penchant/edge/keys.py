"""Looking up who holds an access key, at most once a second per key."""

from collections.abc import Callable
from typing import Final, Protocol

_FRESH_S: Final = 1.0
_MOST: Final = 10_000


class KeyHolder(Protocol):
    """An active access key."""

    @property
    def id(self) -> str:
        """The access key id."""

    @property
    def secret(self) -> str:
        """The secret access key."""

    @property
    def account(self) -> str:
        """The account it signs for."""


class KeyLookup(Protocol):
    """Where access keys are kept."""

    def find(self, access_key_id: str) -> KeyHolder | None:
        """The active key with this id."""


class CachedKeys:
    """A lookup that remembers for a second; so long a revoked key still signs.

    Args:
        keys: The lookup that is asked.
        monotonic_s: A clock that never runs backwards.
    """

    def __init__(self, keys: KeyLookup, monotonic_s: Callable[[], float]) -> None:
        self._keys = keys
        self._monotonic_s = monotonic_s
        self._found: dict[str, tuple[float, KeyHolder | None]] = {}

    def find(self, access_key_id: str) -> KeyHolder | None:
        """The active key with this id."""
        now_s = self._monotonic_s()
        asked_s, holder = self._found.get(access_key_id, (-_FRESH_S, None))
        if now_s - asked_s < _FRESH_S:
            return holder
        if len(self._found) >= _MOST:
            self._found.clear()
        holder = self._keys.find(access_key_id)
        self._found[access_key_id] = (now_s, holder)
        return holder
