"""What was ordered on the command line, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from penchant.cli.files.reading import Files
from penchant.evaluation.ranking import Seen


class Protocol(StrEnum):
    """Which rows are held out."""

    SERVICE = "service"
    LAST = "last-10-percent"
    LEAVE_ONE_OUT = "leave-one-out"
    TIME = "time"


@dataclass(frozen=True)
class Order:
    """One evaluation.

    Attributes:
        files: What to read.
        test: The rows to find, instead of a protocol.
        out: The folder of the report.
        recipes: Names or ARNs.
        protocol: How rows are held out; of no effect where `test` is given.
        parameters: Hyper-parameters of the recipes that know them.
        seed: Of the split, the first training and the statistics.
        seeds: Trainings per recipe.
        seen: One way or both.
    """

    files: Files
    out: Path
    recipes: Sequence[str]
    test: Path | None = None
    protocol: Protocol = Protocol.SERVICE
    parameters: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    seeds: int = 1
    seen: Sequence[Seen] = tuple(Seen)

    @property
    def all_seeds(self) -> range:
        """The seeds of the trainings."""
        return range(self.seed, self.seed + self.seeds)
