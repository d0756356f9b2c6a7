"""Deletes what killed processes left half made."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from penchant.domain.datasets import SCRATCH
from penchant.worker.deletion.discarding import discard
from penchant.worker.tasks import Workshop

_STALE_S: Final = 24 * 3600.0
_HALF_MADE: Final = (
    f"{SCRATCH}/*",  # work in progress
    "artifacts/.*",  # an artifact before it appears
    "datasets/*/*/*/*/.*",  # a dataset's file before it appears, or what lies beside it
)


class Sweeping:
    """Deletes drafts in which nobody has written for a day: no job goes on for so long without."""

    def __init__(self, workshop: Workshop) -> None:
        self._folder = workshop.settings.data_dir
        self._clock = workshop.clock

    def look(self) -> None:
        """Delete what is stale now; another process may be at it too."""
        stale_at = self._clock().timestamp() - _STALE_S
        for path in self._drafts():
            with suppress(FileNotFoundError):
                if _written_at(path) < stale_at:
                    discard(path)

    def _drafts(self) -> Iterator[Path]:
        for pattern in _HALF_MADE:
            yield from self._folder.glob(pattern)


def _written_at(path: Path) -> float:
    """When anything in a folder was written last, or a file, in epoch seconds."""
    return max(one.lstat().st_mtime for one in (path, *path.rglob("*")))
