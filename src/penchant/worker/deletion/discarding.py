"""Deletes files that no resource names any more."""

import shutil
from pathlib import Path

from sqlalchemy import Connection

from penchant.jobs.queue import Job
from penchant.worker.tasks import Commit, Report, Workshop, nothing_to_commit


class Discard:
    """Job payload: `paths`, files or folders relative to the data folder."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def begin(self, tx: Connection, job: Job) -> None:
        """No resource is left to mark."""

    def do(self, job: Job, report: Report) -> Commit:
        """Delete what is there."""
        for name in job.payload["paths"]:
            report({"stage": "discarding", "path": name})
            discard(self._shop.settings.data_dir / name)
        return nothing_to_commit

    def fail(self, tx: Connection, job: Job, reason: str) -> None:
        """No resource is left to mark; the log has the reason."""

    def stop(self, tx: Connection, job: Job) -> None:
        """No resource is left to mark."""


def discard(path: Path) -> None:
    """Delete a file or a folder; what is gone already is no failure."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
