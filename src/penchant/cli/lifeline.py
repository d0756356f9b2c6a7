"""A child process that does not outlive its parent.

The parent holds the other end of the child's standard input. However the parent ends, `kill -9`
included, the kernel closes that end and the child stops as if it had been told to.
"""

import os
import signal
import threading
from collections.abc import Callable


def stop_when_closed(descriptor: int, stop: Callable[[], None] | None = None) -> threading.Thread:
    """Call `stop` (default: SIGTERM to this process) when `descriptor` ends; do not wait for it."""
    thread = threading.Thread(
        target=_watch, args=(descriptor, stop or _terminate), name="lifeline", daemon=True
    )
    thread.start()
    return thread


def _watch(descriptor: int, stop: Callable[[], None]) -> None:
    while os.read(descriptor, 4096):
        pass
    stop()


def _terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
