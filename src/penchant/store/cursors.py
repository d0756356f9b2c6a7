"""Places in a list that is shown newest first, as opaque text.

A cursor holds the creation time and number of the last resource shown, or the number of entries of
a whole list, and the moment until which it can be used. It is signed together with the name of the
list that it belongs to: one that was made elsewhere, changed, or given to another list is noticed.
It is no secret and carries no right.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, TypeVar

from penchant.domain.errors import InvalidNextTokenException
from penchant.store.columns import EPOCH

T = TypeVar("T")

LIFETIME: Final = timedelta(days=1)
_FORM: Final = struct.Struct(">qqq")
_SIGNATURE_BYTES: Final = 16
_MICROSECOND: Final = timedelta(microseconds=1)


class Cursors:
    """Writes and reads cursors.

    Args:
        key: Tells the key that cursors are signed with, at most 32 bytes; asked once.
        clock: The present moment.
        lifetime: How long a cursor can be used.
    """

    def __init__(
        self,
        key: Callable[[], bytes],
        clock: Callable[[], datetime],
        lifetime: timedelta = LIFETIME,
    ) -> None:
        self._ask_key = key
        self._clock = clock
        self._lifetime = lifetime

    def write(self, created_at: datetime, number: int, scope: str) -> str:
        """The cursor behind the resource with this creation time and number, in a list.

        Args:
            created_at: Aware, of the last resource shown.
            number: Tells resources of one moment apart.
            scope: Names the list.
        """
        until = _microseconds(self._clock() + self._lifetime)
        packed = _FORM.pack(_microseconds(created_at), number, until)
        return base64.urlsafe_b64encode(packed + self._signature(packed, scope)).decode()

    def read(self, cursor: str, scope: str) -> tuple[datetime, int]:
        """The creation time and number in a cursor.

        Raises:
            InvalidNextTokenException: The text is no cursor of this installation, or one of
                another list, or it has expired.
        """
        try:
            raw = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise _unknown(cursor) from None
        packed, signature = raw[: _FORM.size], raw[_FORM.size :]
        if not hmac.compare_digest(signature, self._signature(packed, scope)):
            raise _unknown(cursor)
        created_at, number, until = _FORM.unpack(packed)
        if _microseconds(self._clock()) >= until:
            raise InvalidNextTokenException(
                f"nextToken {cursor!r} has expired; call the list again without nextToken"
            )
        return EPOCH + created_at * _MICROSECOND, number

    def part(
        self, entries: Sequence[T], scope: str, *, after: str | None, limit: int
    ) -> tuple[Sequence[T], str | None]:
        """At most `limit` entries of a whole list, and the cursor of the next ones or None.

        Args:
            entries: All of them, in the same order at every call.
            scope: Names the list.
            after: The cursor that came with the entries before; None at the beginning.
            limit: The most entries.

        Raises:
            InvalidNextTokenException: As `read` does.
        """
        start = 0 if after is None else self.read(after, scope)[1]
        stop = start + limit
        more = stop < len(entries)
        return entries[start:stop], self.write(EPOCH, stop, scope) if more else None

    @cached_property
    def _key(self) -> bytes:
        return self._ask_key()

    def _signature(self, packed: bytes, scope: str) -> bytes:
        text = packed + scope.encode(errors="surrogatepass")
        return hashlib.blake2s(text, key=self._key, digest_size=_SIGNATURE_BYTES).digest()


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // _MICROSECOND


def _unknown(cursor: str) -> InvalidNextTokenException:
    return InvalidNextTokenException(
        f"nextToken {cursor!r} was not returned by this list; call it again without nextToken"
    )
