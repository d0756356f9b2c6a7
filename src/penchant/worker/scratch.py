"""The folder for work in progress."""

from pathlib import Path

from penchant.domain.datasets import SCRATCH


def scratch_of(data_dir: Path) -> Path:
    """The folder, made if need be; on the same file system as what is published from it."""
    folder = data_dir / SCRATCH
    folder.mkdir(parents=True, exist_ok=True)
    return folder
