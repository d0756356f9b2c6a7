"""`penchant leaderboard`: what was trained beside simple baselines on the same rows."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from penchant.cli.options import Data, settings_of
from penchant.cli.refusal import Refusal
from penchant.cli.start import open_existing
from penchant.cli.terminal import out, tell_heading
from penchant.domain.statuses import ACTIVE
from penchant.evaluation.report import SEEN

Version = Annotated[
    str,
    typer.Argument(
        metavar="SOLUTION_VERSION_ARN",
        help="As CreateSolutionVersion answered; or that of a recommender.",
        show_default=False,
    ),
]
Row = Mapping[str, Any]
"""`name`, maybe `seen`, and the metrics by group: `service` and `standard`."""

_ERRORS: Final = frozenset({"log_loss", "brier_score", "calibration_error"})
"""Metrics that are better when lower."""
_DESCRIPTIONS: Final = frozenset(
    {"coverage", "item_freshness", "item_popularity", "item_similarity"}
)
"""Metrics that say what lists are like, not how good they are."""


def leaderboard(version_arn: Version, data: Data = None) -> None:
    """Print the metrics of a solution version beside those of simple baselines."""
    with open_existing(settings_of(data)) as house:
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
            tell_heading(console, f"Seen items {seen}", SEEN[seen])
        console.print(_table([row for row in rows if str(row.get("seen", "kept")) == seen]))


def _table(rows: Sequence[Row]) -> Table:
    """The first column is what was trained, the others are baselines; the best stand out."""
    table = Table(box=SIMPLE_HEAD, pad_edge=True)
    table.add_column("", no_wrap=True)
    for place, row in enumerate(rows):
        table.add_column(str(row["name"]), justify="right", style="dim" if place else "")
    columns = [{**row.get("service", {}), **row.get("standard", {})} for row in rows]
    for metric in dict.fromkeys(metric for column in columns for metric in column):
        values = [column.get(metric) for column in columns]
        best = _best(metric, [value for value in values if value is not None])
        table.add_row(metric, *(_number(value, best) for value in values))
    return table


def _best(metric: str, values: Sequence[float]) -> float | None:
    """None where there is nothing to choose between."""
    if metric in _DESCRIPTIONS or len(set(values)) < 2:
        return None
    return min(values) if metric in _ERRORS else max(values)


def _number(value: float | None, best: float | None) -> Text:
    text = "-" if value is None else f"{value:.4f}"
    return Text(text, style="bold green not dim" if value is not None and value == best else "")
