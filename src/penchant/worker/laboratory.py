"""Has artifacts made in a process that can be stopped at any moment, and keeps them apart."""

import queue
import shutil
import threading
from collections.abc import Mapping
from typing import Any, Final

from penchant.jobs.queue import Job
from penchant.settings import Settings
from penchant.worker.child import Child, Message, Messages, heard, started
from penchant.worker.tasks import Report, TaskFailure

_MODULE: Final = "penchant.worker.training_process"


def make_artifact(
    settings: Settings, job: Job, order: Mapping[str, Any], report: Report
) -> tuple[str, dict[str, Any]]:
    """Have the training process carry out an order that writes an artifact.

    Args:
        settings: Where artifacts lie, and what the process is to know.
        job: Whose artifact it is; what its earlier tries left is deleted.
        order: What to do, see `penchant.worker.training_process`.
        report: Told each step; what it raises ends the process.

    Returns:
        The artifact's folder, relative to the data folder, and the process's result.

    Raises:
        TaskFailure: The process failed or died; its text is fit for `failureReason`.
    """
    folder = _fresh_folder(settings, job)
    report({"stage": "starting", "done": 0.0})
    try:
        return folder, _follow(settings, {**order, "folder": folder}, report)
    except BaseException:
        shutil.rmtree(settings.data_dir / folder, ignore_errors=True)
        raise


def _fresh_folder(settings: Settings, job: Job) -> str:
    """Where this try writes; what earlier tries left is deleted."""
    artifacts = settings.data_dir / "artifacts"
    for pattern in (f"{job.id}-*", f".{job.id}-*"):
        for left in artifacts.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
    return f"artifacts/{job.id}-{job.attempts}"


def _follow(settings: Settings, order: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The result of an order; `report` is told each step, and the last one again in between."""
    said: Messages = queue.Queue()
    n_threads = settings.training_threads
    with started(_MODULE, "The training process", settings, n_threads) as child:
        child.tell(order)
        threading.Thread(target=_listen, args=(child, said), daemon=True).start()
        step: dict[str, Any] = {}
        while True:
            message = heard(said)
            if "failure" in message:
                raise TaskFailure(message["failure"])
            if "result" in message:
                return dict(message["result"])
            step = message.get("step", step)
            report(step)


def _listen(child: Child, said: Messages) -> None:
    message: Message = {"step": {}}
    while "step" in message:
        said.put(message := child.hear())
