"""A process of its own that does part of a job and can be ended at any moment.

It runs a module that calls `penchant.worker.child_main.carry_out`; both ends speak in lines of
JSON.
"""

import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from penchant import settings as all_settings
from penchant.settings import Settings

_PATIENCE_S: Final = 0.5

Message = Mapping[str, Any]
Messages = queue.Queue[Message]


@dataclass(frozen=True, slots=True)
class Child:
    """A process that was started.

    Attributes:
        process: Its pipes are ours.
        name: What failures call it, at the beginning of a sentence.
    """

    process: subprocess.Popen[str]
    name: str

    def tell(self, message: Message) -> None:
        """Say something; nobody listens once it has died, which `hear` tells."""
        assert self.process.stdin is not None
        with suppress(OSError, ValueError):  # broken, or closed under our hands
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()

    def hear(self) -> Message:
        """What it says next; `{"failure": ...}`, fit for `failureReason`, once it has died."""
        assert self.process.stdout is not None
        with suppress(ValueError):  # closed under our hands, or died within a line
            message: Message = json.loads(self.process.stdout.readline())
            return message
        return {
            "failure": f"{self.name} ended with status {self.process.wait()} (-9: killed, as when "
            "the machine has no memory left); the worker's log has more."
        }


@contextmanager
def started(module: str, name: str, settings: Settings, n_threads: int) -> Iterator[Child]:
    """A process that is there until the block ends.

    Args:
        module: What it runs.
        name: See `Child`.
        settings: What it is to know.
        n_threads: Of its arithmetic.
    """
    process = subprocess.Popen(  # noqa: S603  # our own modules
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            **all_settings.environment(settings),
            "OMP_NUM_THREADS": str(n_threads),
        },
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Child(process, name)
    finally:
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()


def heard(messages: Messages) -> Message:
    """The next message; an empty one where none comes for a while."""
    try:
        return messages.get(timeout=_PATIENCE_S)
    except queue.Empty:
        return {}
