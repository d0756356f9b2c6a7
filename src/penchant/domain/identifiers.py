"""Identifiers that nobody has given out before."""

import os
from typing import Final

_DRAWN: Final = 256
_DIGITS: Final = 32
_VARIANTS: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


class Uuids:
    """UUIDs of version 4 as texts, drawn from the system many at a time.

    `uuid.uuid4` draws each of them alone: that takes 4 us, and lets go of the interpreter, which
    another thread may then keep for milliseconds. Safe to call from several threads.
    """

    def __init__(self) -> None:
        self._left: list[str] = []

    def __call__(self) -> str:
        """One more."""
        try:
            digits = self._left.pop()
        except IndexError:
            drawn = os.urandom(_DRAWN * _DIGITS // 2).hex()
            digits, *others = (
                drawn[start : start + _DIGITS] for start in range(0, len(drawn), _DIGITS)
            )
            self._left.extend(others)
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-"
            f"{_VARIANTS[digits[16]]}{digits[17:20]}-{digits[20:]}"
        )
