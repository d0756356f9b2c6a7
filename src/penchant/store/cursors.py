"""Places in a list that is shown newest first, as opaque text.

A cursor holds the creation time and number of the last resource shown and the moment until which
it can be used, signed together with the name of the list that it belongs to: one that was made
elsewhere, changed, or given to another list is noticed. It is no secret and carries no right.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from penchant.domain.errors import InvalidNextTokenException
from penchant.store.columns import EPOCH

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
