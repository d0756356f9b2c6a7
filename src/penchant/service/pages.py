"""Tokens of paged lists: opaque to clients, bound to the list they were given out for."""

import base64
import binascii
import json
from collections.abc import Sequence

from penchant.domain.errors import InvalidNextTokenException


def token(scope: Sequence[str], cursor: str | None) -> str | None:
    """Wrap a store's cursor for a client; None (no further page) stays None."""
    if cursor is None:
        return None
    text = json.dumps([*scope, cursor], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def cursor(scope: Sequence[str], next_token: str | None) -> str | None:
    """Unwrap what `token` made.

    Raises:
        InvalidNextTokenException: The token is damaged or belongs to another list.
    """
    if next_token is None:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(next_token.encode()))
    except (binascii.Error, UnicodeError, ValueError):
        parts = None
    if not isinstance(parts, list) or parts[:-1] != list(scope) or not isinstance(parts[-1], str):
        raise InvalidNextTokenException(
            f"nextToken {next_token!r} was not given out for this list; start again without it."
        )
    return parts[-1]
