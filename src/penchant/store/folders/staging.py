"""Files that appear whole or not at all, whatever ends the process that writes them."""

import fcntl
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from penchant.data.durable import sync

_SETTLED_S: Final = 60.0  # a younger file may lie between its creation and its lock


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file being written that nobody sees; it is gone afterwards unless it was moved."""

    path: Path
    stream: BinaryIO = field(repr=False)

    def settle(self, modified_ns: int) -> os.stat_result:
        """Set the modification time, make the bytes durable and say what the file is."""
        self.stream.flush()
        os.utime(self.path, ns=(modified_ns, modified_ns))
        os.fsync(self.stream.fileno())
        return self.path.stat()

    def md5(self) -> str:
        """The MD5 of all bytes written so far, in hexadecimal."""
        self.stream.flush()
        with self.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Staging:
    """The folder of half-written files, on the same file system as the buckets.

    Every file in it is locked while its writer lives. Other processes may share the folder:
    `clean` removes only what no living process holds.
    """

    folder: Path
    now_s: Callable[[], float] = time.time

    @contextmanager
    def file(self) -> Iterator[StagedFile]:
        """Open a new file; what was not moved away by the end is removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / uuid.uuid4().hex
        with path.open("xb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            try:
                yield StagedFile(path, stream)
            finally:
                path.unlink(missing_ok=True)

    def clean(self) -> int:
        """Remove the files that a process left when it was killed; returns how many."""
        if not self.folder.is_dir():
            return 0
        return sum(self._remove_if_left(path) for path in list(self.folder.iterdir()))

    def _remove_if_left(self, path: Path) -> bool:
        try:
            if self.now_s() - path.stat().st_mtime < _SETTLED_S:
                return False
            with path.open("rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
        except (BlockingIOError, FileNotFoundError):
            return False
        return True


def write_durably(path: Path, content: bytes, staging: Staging) -> None:
    """Replace a small file; after a crash it holds the old or the new content."""
    with staging.file() as staged:
        staged.stream.write(content)
        staged.settle(time.time_ns())
        make_folder(path.parent)
        staged.path.replace(path)
    sync(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents durable."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)
