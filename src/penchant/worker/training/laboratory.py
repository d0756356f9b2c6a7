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

_MODULE: Final = "penchant.worker.training.process"
_ARTIFACTS: Final = "artifacts"


def make_artifact(
    settings: Settings, job: Job, order: Mapping[str, Any], report: Report
) -> tuple[str, dict[str, Any]]:
    """Have the training process carry out an order that writes an artifact.

    Args:
        settings: Where artifacts lie, and what the process is to know.
        job: Whose artifact it is; what its earlier tries left is deleted.
        order: What to do, see `penchant.worker.training.process`.
        report: Told each step; what it raises ends the process.

    Returns:
        The artifact's folder, relative to the data folder, and the process's result.

    Raises:
        TaskFailure: The process failed or died; its text is fit for `failureReason`.
    """
    name = f"{job.id}-{job.attempts}"
    folder = f"{_ARTIFACTS}/{name}"
    _delete(settings, f"{job.id}-*")
    report({"stage": "starting", "done": 0.0})
    try:
        return folder, _follow(settings, {**order, "folder": folder}, report)
    except BaseException:
        _delete(settings, name)
        raise


def is_made_for(job: Job, folder: str) -> bool:
    """Whether an artifact is what a try of a job left."""
    return folder.startswith(f"{_ARTIFACTS}/{job.id}-")


def _delete(settings: Settings, names: str) -> None:
    """Delete the artifacts of a pattern of names, and their drafts."""
    artifacts = settings.data_dir / _ARTIFACTS
    for left in (*artifacts.glob(names), *artifacts.glob(f".{names}.*")):
        shutil.rmtree(left, ignore_errors=True)


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
