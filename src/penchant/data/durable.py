"""What is on disk for certain."""

import os
from pathlib import Path


def publish(unfinished: Path, folder: Path) -> None:
    """Give a folder its name, complete; where somebody was quicker, theirs stays.

    Raises:
        OSError: It cannot be renamed.
    """
    sync(unfinished)
    try:
        unfinished.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise


def sync(path: Path) -> None:
    """Bring a file's bytes, or the names in a folder, to the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
