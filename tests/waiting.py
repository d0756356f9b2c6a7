"""Waiting for what other threads and processes bring about."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
PATIENCE_S = 120.0


def until(
    ask: Callable[[], Found],
    good: Callable[[Found], object] = bool,
    *,
    patience_s: float = PATIENCE_S,
    every_s: float = 0.02,
) -> Found:
    """The first answer of `ask` that is good.

    Raises:
        AssertionError: There is none within `patience_s`.
    """
    deadline = time.monotonic() + patience_s
    while not good(found := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited for {patience_s:g} s; the last answer was {found!r}")
        time.sleep(every_s)
    return found
