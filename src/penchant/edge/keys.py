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


class FirstOf:
    """Several lookups as one: lasting keys first, then those that were lent for a while."""

    def __init__(self, *lookups: KeyLookup) -> None:
        self._lookups = lookups

    def find(self, access_key_id: str) -> KeyHolder | None:
        """The active key with this id in the first lookup that has it."""
        for lookup in self._lookups:
            holder = lookup.find(access_key_id)
            if holder is not None:
                return holder
        return None


def session_token_of(holder: KeyHolder) -> str:
    """What a temporary key has to be accompanied by; empty for a lasting one."""
    return getattr(holder, "session_token", "")


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
