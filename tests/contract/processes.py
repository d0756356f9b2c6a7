"""Python programs beside the tests, to be killed in the middle."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def program(source: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A running program; it is killed at the end, however far it got."""
    child = subprocess.Popen(
        [sys.executable, "-c", source, *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def next_line(child: subprocess.Popen[str]) -> str:
    """The next line it prints; empty when it has ended."""
    assert child.stdout is not None
    return child.stdout.readline().strip()
