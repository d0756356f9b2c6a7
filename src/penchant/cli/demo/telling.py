"""What a demo prints: titles, never bare identifiers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from penchant.cli.demo.goods import Goods

N_HISTORY: Final = 8
_METRICS: Final = {
    "mean_reciprocal_rank_at_25": "MRR@25",
    "normalized_discounted_cumulative_gain_at_25": "NDCG@25",
    "precision_at_10": "P@10",
    "coverage": "coverage",
}
_WIDTH: Final = 38


def headline(console: Console, text: str) -> None:
    """Print what happens next."""
    console.print()
    console.print(Text(text, style="bold cyan" if console.is_terminal else ""))


def say(console: Console, text: str) -> None:
    """Print an indented line as it is."""
    console.print(Text(f"  {text}"))


def leaderboard(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print a leaderboard's rows in which a user's own items may be recommended."""
    table = _table("", *_METRICS.values())
    for row in rows:
        if row.get("seen", "kept") == "kept":
            table.add_row(str(row["name"]), *_figures(row["service"]))
    console.print(table)


def metrics(console: Console, by_recipe: Mapping[str, Mapping[str, float]]) -> None:
    """Print `GetSolutionMetrics` of several recipes."""
    leaderboard(
        console, [{"name": recipe, "service": values} for recipe, values in by_recipe.items()]
    )


def titles(console: Console, goods: Goods, item_ids: Sequence[str]) -> None:
    """Print titles, one a line."""
    for item_id in item_ids:
        say(console, f"· {title(goods, item_id)}")


def ranked(console: Console, goods: Goods, item_ids: Sequence[str]) -> None:
    """Print titles with their ranks."""
    for rank, item_id in enumerate(item_ids, start=1):
        say(console, f"{rank:>2}  {title(goods, item_id)}")


def comparison(console: Console, goods: Goods, before: Sequence[str], after: Sequence[str]) -> None:
    """Print two lists side by side; each row of the second says where it came from."""
    table = _table("", "before", "after", "moved", right=("moved",))
    for rank, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        table.add_row(
            str(rank), _short(title(goods, old)), _short(title(goods, new)), move(before, new, rank)
        )
    console.print(table)
    n_new = len(set(after) - set(before))
    say(console, f"{n_new} of {len(after)} are new.")


def move(before: Sequence[str], item_id: str, rank: int) -> Text:
    """How an item that is at `rank` now moved: new, up, down or unmoved."""
    if item_id not in before:
        return Text("new", style="bold green")
    gain = before.index(item_id) + 1 - rank
    if gain > 0:
        return Text(f"▲ {gain}", style="green")
    return Text(f"▼ {-gain}", style="red") if gain < 0 else Text("=", style="dim")


def title(goods: Goods, item_id: str) -> str:
    """An item's title, or its id where it has none."""
    return goods.titles.get(item_id) or item_id


def _figures(values: Mapping[str, float]) -> list[str]:
    return [f"{values[key]:.3f}" if key in values else "-" for key in _METRICS]


def _short(text: str) -> Text:
    return Text(text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…")


def _table(*columns: str, right: Sequence[str] = tuple(_METRICS.values())) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=True)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", no_wrap=True)
    return table
