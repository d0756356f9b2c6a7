"""Waiting for resources to become ACTIVE, with a bar each for people and lines for files."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from penchant.cli.refusal import Refusal
from penchant.domain import statuses

_POLL_S: Final = 0.2

Look = Callable[[str], Mapping[str, Any]]
"""From an ARN to the job's progress: stage, done (0..1), epoch, n_epochs, loss; may be empty."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A resource that is being made.

    Attributes:
        label: What it is called on the screen.
        status: Asks the server; returns the status and the reason of a failure (or "").
    """

    label: str
    arn: str
    status: Callable[[], tuple[str, str]]


class Display(Protocol):
    """Shows how far things are."""

    def show(self, awaited: Awaited, progress: Mapping[str, Any]) -> None:
        """Tell how far a resource is."""
        ...

    def finish(self, awaited: Awaited, took_s: float) -> None:
        """Tell that a resource is ACTIVE."""
        ...


def wait(
    console: Console, everything: Sequence[Awaited], look: Look, poll_s: float = _POLL_S
) -> dict[str, float]:
    """Return when all are ACTIVE: the seconds that each took, by ARN.

    Raises:
        Refusal: One of them failed; the reason is in the text.
    """
    if not console.is_terminal:
        return _poll(everything, look, Lines(console), poll_s)
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(bar_width=32, complete_style="cyan", finished_style="green"),
        TimeRemainingColumn(compact=True),
        TextColumn("[dim]{task.fields[words]}"),
    )
    with Progress(*columns, console=console) as bars:
        return _poll(everything, look, Bars(bars), poll_s)


def _poll(
    everything: Sequence[Awaited], look: Look, display: Display, poll_s: float
) -> dict[str, float]:
    start = time.monotonic()
    took_s: dict[str, float] = {}
    while True:
        for awaited in everything:
            if awaited.arn in took_s:
                continue
            if _is_active(awaited):
                took_s[awaited.arn] = time.monotonic() - start
                display.finish(awaited, took_s[awaited.arn])
            else:
                display.show(awaited, look(awaited.arn))
        if len(took_s) == len(everything):
            return took_s
        time.sleep(poll_s)


def _is_active(awaited: Awaited) -> bool:
    status, reason = awaited.status()
    if status in {statuses.CREATE_FAILED, statuses.CREATE_STOPPED}:
        raise Refusal(f"{awaited.label}: {status}: {reason or awaited.arn}")
    return status == statuses.ACTIVE


@dataclass(slots=True)
class Bars:
    """One bar per resource; what is not counted yet shows as a moving bar."""

    bars: Progress
    tasks: dict[str, TaskID] = field(default_factory=dict)

    def show(self, awaited: Awaited, progress: Mapping[str, Any]) -> None:
        """Move the bar to where the work is."""
        total = 1.0 if "done" in progress else None
        self.bars.update(
            self._task(awaited),
            total=total,
            completed=progress.get("done", 0.0),
            words=words(progress),
        )

    def finish(self, awaited: Awaited, took_s: float) -> None:
        """Fill the bar."""
        task, done_in = self._task(awaited), f"done in {took_s:.1f} s"
        self.bars.update(task, total=1.0, completed=1.0, words=done_in)

    def _task(self, awaited: Awaited) -> TaskID:
        if awaited.arn not in self.tasks:
            description = f"{awaited.label:<34}"
            self.tasks[awaited.arn] = self.bars.add_task(description, total=None, words="waiting")
        return self.tasks[awaited.arn]


@dataclass(slots=True)
class Lines:
    """A line per new stage and per tenth of the work."""

    console: Console
    told: dict[str, tuple[str, int]] = field(default_factory=dict)

    def show(self, awaited: Awaited, progress: Mapping[str, Any]) -> None:
        """Print a line if there is something new to say."""
        if not progress:
            return
        now = (str(progress.get("stage", "")), int(progress.get("done", 0.0) * 10))
        if self.told.get(awaited.arn) != now:
            self.told[awaited.arn] = now
            self._print(f"{awaited.label}: {progress.get('done', 0.0):4.0%} {words(progress)}")

    def finish(self, awaited: Awaited, took_s: float) -> None:
        """Print how long it took."""
        self._print(f"{awaited.label}: done in {took_s:.1f} s")

    def _print(self, text: str) -> None:
        self.console.print(f"  {text}", markup=False)
        self.console.file.flush()


def words(progress: Mapping[str, Any]) -> str:
    """Stage, epoch and loss in words, as far as they are known."""
    parts = [str(progress.get("stage") or "waiting")]
    if progress.get("epoch") is not None:
        parts.append(f"epoch {progress['epoch']}/{progress.get('n_epochs') or '?'}")
    if progress.get("loss") is not None:
        parts.append(f"loss {progress['loss']:.3f}")
    return ", ".join(parts)
