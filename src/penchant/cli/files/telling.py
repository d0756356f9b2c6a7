"""What is printed about files that are read, and about what they hold."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from penchant.cli.states import COLOURS, State
from penchant.cli.terminal import counted
from penchant.data.fields import Field, Schema
from penchant.data.quality import Counts
from penchant.data.reports import ImportReport


def tell_file(console: Console, name: str, schema: Schema, report: ImportReport) -> None:
    """Print how many rows a file has, and what its columns are taken for."""
    left_out = ""
    if report.n_duplicates:
        why = "repeated" if schema.rules.is_log else "replaced by later ones"
        left_out = f" ({report.n_duplicates:,} {why} left out)"
    columns = ", ".join(map(_told, schema.fields))
    console.print(f"  {name}: {counted(report.n_rows, 'row')}{left_out}, {columns}", markup=False)


def tell_unused(console: Console, name: str, columns: Sequence[str]) -> None:
    """Print which columns are of no use without a schema that names them."""
    console.print(
        f"  {name}: not used: {', '.join(columns)} (name what to learn from in --schema)",
        markup=False,
    )


def tell_counts(console: Console, counts: Counts) -> None:
    """Print how many users and items there are, and of which time."""
    console.print(
        f"  {counted(counts.n_users, 'user')}, {counts.n_returning:,} of them with 2 interactions "
        f"or more; {counted(counts.n_items, 'item')}; {_day(counts.first)} to {_day(counts.last)}",
        markup=False,
    )


def tell_remarks(console: Console, state: State, texts: Iterable[str]) -> None:
    """Print sentences about the data, each with what it means for a training."""
    for text in texts:
        console.print(Text.assemble("  ", (f"{state:<4}", COLOURS[state]), f"  {text}"))


def _told(field: Field) -> str:
    """A column, and what it is taken for where its name does not say so."""
    if field.categorical:
        return f"{field.name} (categories)"
    return f"{field.name} (text)" if field.textual else field.name


def _day(timestamp: int) -> str:
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}"
