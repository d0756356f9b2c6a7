"""Has work done in a subprocess that can be stopped at any moment, and keeps its artifact apart."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from penchant import settings as all_settings
from penchant.jobs.queue import Job
from penchant.settings import Settings
from penchant.worker.tasks import Report, TaskFailure

_PATIENCE_S: Final = 0.5


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
    with _process(settings, order) as process:
        for message in _messages(process, report):
            if "step" in message:
                report(message["step"])
            elif "result" in message:
                return dict(message["result"])
            else:
                raise TaskFailure(message["failure"])
        status = process.wait()
    raise TaskFailure(
        f"The training process ended with status {status} (-9: killed, as when the machine has "
        "no memory left); the worker's log has more."
    )


@contextmanager
def _process(settings: Settings, order: Mapping[str, Any]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # our own module, no outside input
        [sys.executable, "-m", "penchant.worker.training_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            **all_settings.environment(settings),
            "OMP_NUM_THREADS": str(settings.training_threads),
        },
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


def _messages(process: subprocess.Popen[str], report: Report) -> Iterator[dict[str, Any]]:
    """What the process says, in order; `report` is asked again while it is silent."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    message: dict[str, Any] = {}
    while True:
        try:
            line = lines.get(timeout=_PATIENCE_S)
        except queue.Empty:
            report(message.get("step", {}))
            continue
        if line is None:
            return
        message = json.loads(line)
        yield message


def _read(process: subprocess.Popen[str], lines: "queue.Queue[str | None]") -> None:
    assert process.stdout is not None
    with suppress(ValueError):  # closed under our hands when the training is stopped
        for line in process.stdout:
            lines.put(line)
    lines.put(None)
