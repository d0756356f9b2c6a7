"""The folder for work in progress, and what killed workers left there."""

import shutil
import time
from pathlib import Path
from typing import Final

from penchant.domain.datasets import SCRATCH

_STALE_S: Final = 24 * 3600.0


def scratch_of(data_dir: Path) -> Path:
    """The folder, made if need be; on the same file system as what is published from it."""
    folder = data_dir / SCRATCH
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sweep(data_dir: Path, now_s: float | None = None) -> None:
    """Delete what nobody has touched for a day: no job goes on for so long without a write."""
    now_s = time.time() if now_s is None else now_s
    for left in scratch_of(data_dir).iterdir():
        if now_s - left.stat().st_mtime > _STALE_S:
            shutil.rmtree(left, ignore_errors=True)
