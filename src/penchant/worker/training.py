"""Trains solution versions, in a subprocess that can be stopped at any moment."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from penchant import settings as all_settings
from penchant.domain import statuses
from penchant.jobs.queue import Job
from penchant.worker.tasks import Commit, Report, ResourceTask, TaskFailure

_PATIENCE_S: Final = 0.5


class Train(ResourceTask):
    """Makes a solution version ACTIVE with its artifact, metrics and leaderboard."""

    def do(self, job: Job, report: Report) -> Commit:
        """Train in a subprocess; the artifact is published by the commit alone."""
        began = time.monotonic()
        folder = self._fresh_folder(job)
        report({"stage": "starting", "done": 0.0})
        try:
            result = self._follow(job, folder, report)
        except BaseException:
            shutil.rmtree(self._shop.settings.data_dir / folder, ignore_errors=True)
            raise
        hours = max(0.001, round((time.monotonic() - began) / 3600, 3))
        return lambda tx: self._shop.mark(
            tx,
            job.resource_arn,
            statuses.ACTIVE,
            artifact=folder,
            trainingHours=hours,
            **result,
        )

    def _fresh_folder(self, job: Job) -> str:
        """Where this try writes; what earlier tries left is deleted."""
        artifacts = self._shop.settings.data_dir / "artifacts"
        for pattern in (f"{job.id}-*", f".{job.id}-*"):
            for left in artifacts.glob(pattern):
                shutil.rmtree(left, ignore_errors=True)
        return f"artifacts/{job.id}-{job.attempts}"

    def _follow(self, job: Job, folder: str, report: Report) -> dict[str, Any]:
        order = {"version_arn": job.resource_arn, "folder": folder}
        with self._process(order) as process:
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
    def _process(self, order: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(  # our own module, no outside input
            [sys.executable, "-m", "penchant.worker.training_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                **all_settings.environment(self._shop.settings),
                "OMP_NUM_THREADS": str(self._shop.settings.training_threads),
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
