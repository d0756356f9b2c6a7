"""Places in a list that is shown newest first, as opaque text.

A cursor holds the creation time and number of the last resource shown, and a digest of the list
it belongs to, so that a cursor of another list is noticed. It is no secret and carries no right.
"""

import base64
import binascii
import hashlib
import struct
from datetime import datetime, timedelta
from typing import Final

from penchant.domain.errors import InvalidNextTokenException
from penchant.store.columns import EPOCH

_FORM: Final = struct.Struct(">qq8s")
_MICROSECOND: Final = timedelta(microseconds=1)


def write(created_at: datetime, number: int, scope: str) -> str:
    """The cursor behind the resource with this creation time and number, in the list `scope`."""
    packed = _FORM.pack((created_at - EPOCH) // _MICROSECOND, number, _digest(scope))
    return base64.urlsafe_b64encode(packed).decode()


def read(cursor: str, scope: str) -> tuple[datetime, int]:
    """The creation time and number in a cursor.

    Raises:
        InvalidNextTokenException: The text is no cursor, or one of another list.
    """
    try:
        microseconds, number, digest = _FORM.unpack(
            base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
        )
        created_at = EPOCH + microseconds * _MICROSECOND
    except (binascii.Error, struct.error, UnicodeEncodeError, OverflowError):
        raise _unknown(cursor) from None
    if digest != _digest(scope):
        raise _unknown(cursor)
    return created_at, number


def _digest(scope: str) -> bytes:
    return hashlib.blake2s(scope.encode(), digest_size=8).digest()


def _unknown(cursor: str) -> InvalidNextTokenException:
    return InvalidNextTokenException(
        f"nextToken {cursor!r} was not returned by this list; call it again without nextToken"
    )
