"""The processes that answer the parts of a batch job, each with its own copy of what it needs."""

import os
import queue
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from typing import Any, Final

from penchant.settings import Settings
from penchant.worker.batch.folder import Part
from penchant.worker.child import Child, Messages, heard, started
from penchant.worker.tasks import TaskFailure

_MODULE: Final = "penchant.worker.batch.process"


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
            child = crew.enter_context(
                started(_MODULE, "A process of the batch job", settings, n_threads=1)
            )
            child.tell(order)
            threading.Thread(target=_feed, args=(child, todo, told), daemon=True).start()
        yield from _answered(told, len(parts))


def _answered(told: Messages, n_parts: int) -> Generator[Part | None, None, None]:
    while n_parts:
        message = heard(told)
        if "failure" in message:
            raise TaskFailure(message["failure"])
        n_parts -= len(message)
        yield Part(**message["part"]) if message else None


def _feed(child: Child, todo: "queue.Queue[Part]", told: Messages) -> None:
    """Give a process one part after another, and pass on what it says."""
    with suppress(queue.Empty):
        while True:
            child.tell(asdict(todo.get_nowait()))
            told.put(child.hear())
