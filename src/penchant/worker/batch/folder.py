"""The folder of a batch job: its input held, cut into parts, and what has been answered of them.

in/<file>            a copy of an input file: whoever changes that changes nothing here
plan.json            the files and their parts; written when all inputs are held
out/<file>-<part>    the answers of a part; it appears whole or not at all

Whoever takes the job over finds the parts that are there already answered.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from penchant.data.durable import sync

_READ_AT_ONCE: Final = 2**20


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of an input file: the bytes from `start` to `stop`."""

    file: int
    number: int
    start: int
    stop: int
    n_lines: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job has to do.

    Attributes:
        names: Of the input files.
        parts: Of all files, in order.
    """

    names: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def n_lines(self) -> int:
        """Lines of all files."""
        return sum(part.n_lines for part in self.parts)


@dataclass(frozen=True)
class BatchFolder:
    """Where a job's work is kept until it is delivered."""

    root: Path

    def plan(self) -> Plan | None:
        """What an earlier try planned; None where none came so far."""
        path = self.root / "plan.json"
        if not path.is_file():
            return None
        kept = json.loads(path.read_text("utf-8"))
        return Plan(tuple(kept["names"]), tuple(Part(**part) for part in kept["parts"]))

    def begin(
        self,
        names: Sequence[str],
        fetch: Callable[[int, Path], Path],
        lines_per_part: int,
    ) -> Plan:
        """Hold the inputs and cut them.

        Args:
            names: Of the files.
            fetch: Gives a file by its number; may write below the folder given.
            lines_per_part: Of every part but the last of a file.

        Raises:
            ObjectError: A file is gone.
        """
        shutil.rmtree(self.root, ignore_errors=True)
        (self.root / "in").mkdir(parents=True)
        (self.root / "out").mkdir()
        parts: list[Part] = []
        for file in range(len(names)):
            _hold(fetch(file, self.root / f"fetched-{file}"), self.input(file))
            parts += cut(self.input(file), file, lines_per_part)
        plan = Plan(tuple(names), tuple(parts))
        kept = {"names": plan.names, "parts": [asdict(part) for part in plan.parts]}
        with _appearing(self.root / "plan.json") as stream:
            stream.write(json.dumps(kept).encode())
        return plan

    def input(self, file: int) -> Path:
        """An input file."""
        return self.root / "in" / str(file)

    def output(self, part: Part) -> Path:
        """Where a part's answers are, once they are there."""
        return self.root / "out" / f"{part.file}-{part.number}"

    def left(self, plan: Plan) -> list[Part]:
        """The parts that are not answered yet."""
        return [part for part in plan.parts if not self.output(part).is_file()]

    def lines(self, part: Part) -> Iterator[bytes]:
        """The lines of a part."""
        with self.input(part.file).open("rb") as stream:
            stream.seek(part.start)
            left = part.stop - part.start
            while left > 0 and (line := stream.readline(left)):
                left -= len(line)
                yield line

    def keep(self, part: Part, answers: Iterator[bytes]) -> None:
        """Write a part's answers."""
        with _appearing(self.output(part)) as stream:
            stream.writelines(answers)

    def deliver(self, plan: Plan, file: int, into: BinaryIO) -> None:
        """Write the answers of a whole file."""
        for part in plan.parts:
            if part.file == file:
                with self.output(part).open("rb") as stream:
                    shutil.copyfileobj(stream, into, _READ_AT_ONCE)


def cut(path: Path, file: int, lines_per_part: int) -> list[Part]:
    """The parts of a file, each of so many lines but the last; none of an empty file."""
    parts: list[Part] = []
    start = 0
    with path.open("rb") as stream:
        while sizes := [len(line) for line in islice(stream, lines_per_part)]:
            stop = start + sum(sizes)
            parts.append(Part(file, len(parts), start, stop, len(sizes)))
            start = stop
    return parts


def _hold(path: Path, target: Path) -> None:
    """Keep a file as it is now: moved where it is a copy of ours, else copied."""
    if path.is_relative_to(target.parent.parent):
        path.replace(target)
    else:
        shutil.copyfile(path, target)


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """A file that appears whole and durable when the block ends, or not at all."""
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with unfinished.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
        sync(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)
