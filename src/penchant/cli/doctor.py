"""`penchant doctor`: what could be wrong with this installation, and what to do about it."""

from collections.abc import Iterator

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from penchant.cli import checks
from penchant.cli.checks import Finding
from penchant.cli.data_folder import DataFolder
from penchant.cli.options import Data, settings_of
from penchant.cli.states import COLOURS, State
from penchant.cli.terminal import out
from penchant.settings import Settings


def doctor(data: Data = None) -> None:
    """Check this installation; exit status 1 when something has to be mended."""
    found = list(findings(settings_of(data)))
    report(out(), found)
    if any(finding.state is State.FAIL for finding in found):
        raise typer.Exit(1)


def findings(settings: Settings) -> Iterator[Finding]:
    """Run all checks, those that others need first."""
    folder = DataFolder(settings.data_dir)
    yield checks.python_version()
    yield checks.disk_space(settings.data_dir)
    yield checks.data_folder(folder)
    yield checks.database(settings)
    yield checks.trainer()
    yield checks.answerer()
    yield checks.sandbox()
    finding, skew_s = checks.server(folder)
    yield finding
    yield checks.clock(settings, skew_s)


def report(console: Console, found: list[Finding]) -> None:
    """Print the findings: a table for a terminal, otherwise one line each."""
    if not console.is_terminal:
        for finding in found:
            line = f"{finding.state:<4}  {finding.name}: {finding.detail}"
            step = f" -> {finding.next_step}" if finding.next_step else ""
            console.print(line + step, markup=False)
        return
    table = Table("", "check", "found", "next step", box=None)
    for finding in found:
        state = f"[{COLOURS[finding.state]}]{finding.state}[/]"
        table.add_row(state, finding.name, Text(finding.detail), Text(finding.next_step))
    console.print(table)
