"""The processes that answer the parts of a batch job, each with its own copy of what it needs."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from typing import Any, Final

from penchant import settings as all_settings
from penchant.settings import Settings
from penchant.worker.batch.folder import Part
from penchant.worker.tasks import TaskFailure

_PATIENCE_S: Final = 0.5

Process = subprocess.Popen[str]
Messages = queue.Queue[Mapping[str, Any]]


def work_off(
    settings: Settings, order: Mapping[str, Any], parts: Sequence[Part]
) -> Generator[Part | None, None, None]:
    """Have parts answered by `settings.batch_processes` processes at a time.

    Args:
        settings: What the processes are to know.
        order: What to do, see `penchant.worker.batch.process`.
        parts: What is left to do.

    Yields:
        Each part once it is answered, in whatever order, and None now and then between them;
        whoever stops asking ends the processes.

    Raises:
        TaskFailure: A process failed or died; its text is fit for `failureReason`.
    """
    todo: queue.Queue[Part] = queue.Queue()
    for part in parts:
        todo.put(part)
    told: Messages = queue.Queue()
    n_processes = min(settings.batch_processes or os.cpu_count() or 1, len(parts))
    with ExitStack() as crew:
        for _ in range(n_processes):
            process = crew.enter_context(_started(settings, order))
            threading.Thread(target=_feed, args=(process, todo, told), daemon=True).start()
        yield from _heard(told, len(parts))


def _heard(told: Messages, n_parts: int) -> Iterator[Part | None]:
    while n_parts:
        try:
            message = told.get(timeout=_PATIENCE_S)
        except queue.Empty:
            yield None
            continue
        if "failure" in message:
            raise TaskFailure(message["failure"])
        n_parts -= 1
        yield Part(**message["part"])


def _feed(process: Process, todo: "queue.Queue[Part]", told: Messages) -> None:
    """Give a process one part after another, and pass on what it says."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(queue.Empty):
        while True:
            part = todo.get_nowait()
            line = ""
            with suppress(OSError, ValueError):  # it died already, or was ended by us
                process.stdin.write(json.dumps(asdict(part)) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            if not line:
                told.put({"failure": _death(process.wait())})
                return
            told.put(json.loads(line))


def _death(status: int) -> str:
    return (
        f"A process of the batch job ended with status {status} (-9: killed, as when the machine "
        "has no memory left); the worker's log has more."
    )


@contextmanager
def _started(settings: Settings, order: Mapping[str, Any]) -> Iterator[Process]:
    process = subprocess.Popen(  # our own module, no outside input
        [sys.executable, "-m", "penchant.worker.batch.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **all_settings.environment(settings), "OMP_NUM_THREADS": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(BrokenPipeError):  # it died already, which its exit status will tell
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
