"""What an evaluation prints: bars while it learns, then tables and sentences."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from penchant.cli.demo.waiting import words
from penchant.cli.evaluate.contest import Showing
from penchant.cli.evaluate.report.words import label, number, seconds, sentence, verdict
from penchant.cli.terminal import tell_heading
from penchant.domain.metrics import MAIN
from penchant.evaluation.report import COMPARED, SEEN, Report
from penchant.recipes.contract import Progress as Told
from penchant.recipes.contract import Step

LINE_S: Final = 10.0
_COLOURS: Final[Mapping[str, str]] = {"better than": "green", "worse than": "red"}


def showing(console: Console) -> Showing:
    """Bars for people; for files and pipes a line now and then, and when a training is done."""
    return (
        (lambda label: _bar(console, label))
        if console.is_terminal
        else (lambda label: lines(console, label))
    )


def tell(console: Console, report: Report) -> None:
    """Print a table per way with seen items, and how the recipes stand to the others."""
    for seen in report.seen:
        tell_heading(console, f"Seen items {seen}", SEEN[seen])
        console.print(_table(report, seen))
        for one in report.comparisons:
            if (one.seen, one.metric) == (seen, MAIN):
                style = _COLOURS.get(verdict(one), "")
                console.print(Text(f"  {sentence(one)}", style=style))


def _table(report: Report, seen: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=True)
    table.add_column("", no_wrap=True)
    for metric in COMPARED:
        table.add_column(label(metric), justify="right", no_wrap=True)
    for head in ("coverage", "fit s"):
        table.add_column(head, justify="right", no_wrap=True)
    best = {
        metric: max(report.interval(name, seen, metric).mean for name in report.names)
        for metric in COMPARED
    }
    for name in report.names:
        cells = [Text(name, style="dim" if name in report.baselines else "bold")]
        for metric in COMPARED:
            one = report.interval(name, seen, metric)
            cell = Text(number(one.mean), style="bold green" if one.mean == best[metric] else "")
            if metric == MAIN:
                cell.append(f" [{number(one.low)}, {number(one.high)}]", style="dim")
            cells.append(cell)
        cells.append(Text(number(report.interval(name, seen, "coverage").mean, 2)))
        cells.append(Text(seconds(report.fit_s[name]), style="dim"))
        table.add_row(*cells)
    return table


@contextmanager
def _bar(console: Console, label: str) -> Iterator[Told]:
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(bar_width=32, complete_style="cyan", finished_style="green"),
        TimeRemainingColumn(compact=True),
        TextColumn("[dim]{task.fields[words]}"),
    )
    began = time.monotonic()
    with Progress(*columns, console=console) as bars:
        task = bars.add_task(f"{label:<34}", total=None, words="")

        def told(step: Step) -> None:
            bars.update(task, total=1.0, completed=step.done, words=words(asdict(step)))

        yield told
        took = f"done in {time.monotonic() - began:.1f} s"
        bars.update(task, total=1.0, completed=1.0, words=took)


@contextmanager
def lines(console: Console, label: str, every_s: float = LINE_S) -> Iterator[Told]:
    """A training as lines: how far it is, at most every `every_s` seconds, and that it is done."""
    began = last = time.monotonic()

    def say(text: str) -> None:
        console.print(f"  {label}: {text}", markup=False)
        console.file.flush()

    def told(step: Step) -> None:
        nonlocal last
        if time.monotonic() - last >= every_s:
            last = time.monotonic()
            say(f"{step.done:4.0%} {words(asdict(step))}")

    yield told
    say(f"done in {time.monotonic() - began:.1f} s")
