"""What the demo sees of the server's inside: progress of jobs, leaderboards of versions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from penchant import app
from penchant.settings import Settings


@dataclass(frozen=True, slots=True)
class Watch:
    """Reads, never writes, the stores below the server's data folder."""

    house: app.House

    def progress(self, arn: str) -> Mapping[str, Any]:
        """How far the newest job of a resource is; empty before it has begun."""
        job = self.house.queue.of(arn)
        return (job.progress if job else None) or {}

    def leaderboard(self, version_arn: str) -> Sequence[Mapping[str, Any]]:
        """The rows of a solution version's leaderboard; empty where it has none."""
        version = self.house.resources.get(version_arn)
        rows: Sequence[Mapping[str, Any]] = (version.own if version else {}).get("leaderboard", ())
        return rows


@contextmanager
def watching(settings: Settings) -> Iterator[Watch]:
    """Open the stores beside the running server."""
    with closing(app.open_house(settings)) as house:
        yield Watch(house)
