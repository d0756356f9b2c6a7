"""Loaded artifacts: each folder is read once, in a thread of its own, and kept while in use."""

import logging
from collections.abc import Callable, Container
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock

from penchant.models.artifacts import Artifact
from penchant.models.contract import answer_once
from penchant.models.damage import damage_told

_log = logging.getLogger(__name__)


class Artifacts:
    """The artifacts that this process answers from. Safe to use from several threads.

    Args:
        read: Reads an artifact's folder.
    """

    def __init__(self, read: Callable[[Path], Artifact]) -> None:
        self._read = read
        self._lock = Lock()
        self._loads: dict[Path, Future[Artifact]] = {}
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="artifact")

    def load(self, folder: Path) -> Future[Artifact]:
        """The artifact, done at once when it is loaded; callers share one reading of a folder.

        A reading that failed is not remembered: the next call tries again.
        """
        with self._lock:
            found = self._loads.get(folder)
            if found is None or (found.done() and found.exception() is not None):
                found = self._loads[folder] = self._threads.submit(self._prepare, folder)
                found.add_done_callback(partial(_report, folder))
            return found

    def keep_only(self, folders: Container[Path]) -> None:
        """Forget the loaded artifacts that are not in `folders`."""
        with self._lock:
            for folder, load in list(self._loads.items()):
                if load.done() and folder not in folders:
                    del self._loads[folder]

    def close(self) -> None:
        """Wait for what is being read and stop the threads."""
        self._threads.shutdown(cancel_futures=True)

    def _prepare(self, folder: Path) -> Artifact:
        artifact = self._read(folder)
        with damage_told(folder):
            answer_once(artifact.model)
        return artifact


def _report(folder: Path, load: Future[Artifact]) -> None:
    if not load.cancelled() and load.exception() is not None:
        _log.error("the artifact %s cannot be read", folder, exc_info=load.exception())
