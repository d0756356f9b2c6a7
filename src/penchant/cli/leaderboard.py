"""`penchant leaderboard`: a solution version beside simple baselines on the same rows."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from penchant.cli.options import Data, settings_of
from penchant.cli.refusal import Refusal
from penchant.cli.start import open_house
from penchant.cli.terminal import out
from penchant.domain.statuses import ACTIVE
from penchant.evaluation.report import SEEN

Version = Annotated[
    str,
    typer.Argument(
        metavar="SOLUTION_VERSION_ARN",
        help="As CreateSolutionVersion answered.",
        show_default=False,
    ),
]
Row = Mapping[str, Any]
"""`name`, maybe `seen`, and the metrics by group: `service` and `standard`."""


def leaderboard(version_arn: Version, data: Data = None) -> None:
    """Print the metrics of a solution version beside those of simple baselines."""
    with open_house(settings_of(data)) as house:
        version = house.resources.get(version_arn)
    if version is None:
        raise Refusal(
            f"there is no {version_arn} here; see: aws personalize list-solution-versions"
        )
    if version.status != ACTIVE:
        raise Refusal(f"{version_arn} is {version.status}; ask again when it is {ACTIVE}")
    rows = version.own.get("leaderboard", ())
    if not rows:
        raise Refusal(f"{version_arn} has no leaderboard; only solution versions with test rows do")
    show(out(), rows)


def show(console: Console, rows: Sequence[Row]) -> None:
    """Print a table for each way with seen items: a line per metric, a column per name."""
    ways = dict.fromkeys(str(row.get("seen", "kept")) for row in rows)
    for seen in ways:
        if len(ways) > 1:
            console.print(f"\nSeen items {seen}\n{SEEN[seen]}", markup=False)
        console.print(_table([row for row in rows if str(row.get("seen", "kept")) == seen]))


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=True)
    table.add_column("", no_wrap=True)
    for row in rows:
        table.add_column(str(row["name"]), justify="right")
    columns = [{**row.get("service", {}), **row.get("standard", {})} for row in rows]
    for metric in dict.fromkeys(metric for column in columns for metric in column):
        table.add_row(metric, *(_number(column.get(metric)) for column in columns))
    return table


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
