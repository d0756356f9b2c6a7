"""An evaluation from the first file to the last: read, split, learn, judge, write."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from threadpoolctl import threadpool_limits

from penchant.cli.evaluate import writing
from penchant.cli.evaluate.contest import Entrant, contest, entrants
from penchant.cli.evaluate.order import Order, Protocol
from penchant.cli.evaluate.reading import Rows, read_rows
from penchant.cli.evaluate.showing import showing, tell
from penchant.cli.refusal import Refusal
from penchant.cli.version import installed
from penchant.custom_recipes import catalogue_of
from penchant.domain.recipes import Catalogue
from penchant.evaluation.own_test import own_test, rows_after
from penchant.evaluation.report import report_of
from penchant.evaluation.splits import (
    Split,
    last_fraction,
    leave_one_out,
    service_split,
    temporal,
)
from penchant.settings import Settings

IN_WORDS: Final[Mapping[Protocol, str]] = {
    Protocol.SERVICE: "as the service does: learned from 90 % of the users, asked for the others "
    "from the oldest 90 % of their rows, compared with the newest 10 %",
    Protocol.LAST: "the newest 10 % of every user's rows are compared, all others learned from",
    Protocol.LEAVE_ONE_OUT: "the last row of every user is compared, all others learned from",
    Protocol.TIME: "learned from the oldest 90 % of all rows, compared with what came later",
}


def run(order: Order, settings: Settings, console: Console) -> None:
    """Do what was ordered; the report lies in `order.out` afterwards.

    Raises:
        Refusal: A file, a name or a value is not fit; the text says which and what to do.
    """
    wanted = entrants(order.recipes, order.parameters, _catalogue(settings))
    writing.claim(order.out)
    rows = read_rows(order.files, settings, console)
    split = _split(rows, order)
    _introduce(console, split)
    with threadpool_limits(settings.training_threads):
        contestants = list(
            contest(wanted, split, seeds=order.all_seeds, seen=order.seen, showing=showing(console))
        )
    report = report_of(contestants, split, seed=order.seed)
    names = writing.write(
        order.out,
        report,
        contestants,
        split,
        title=f"How well {order.files.interactions.name} can be predicted",
        about=_about(order, rows, split, wanted),
    )
    tell(console, report)
    console.print(f"\nThe report: {shlex.quote(str(order.out / names[0]))}", markup=False)


def _catalogue(settings: Settings) -> Catalogue:
    try:
        return catalogue_of(settings)
    except ValueError as error:
        raise Refusal(f"{error}; mend it, or unset PENCHANT_CUSTOM_RECIPES") from None


def _split(rows: Rows, order: Order) -> Split:
    try:
        if rows.train is not None:
            return own_test(rows.whole, rows_after(rows.whole, rows.train))
        if order.protocol is Protocol.SERVICE:
            return service_split(rows.whole, order.seed)
        cut = {
            Protocol.LAST: last_fraction,
            Protocol.LEAVE_ONE_OUT: leave_one_out,
            Protocol.TIME: temporal,
        }
        return cut[order.protocol](rows.whole)
    except ValueError as error:
        raise Refusal(f"the rows cannot be split: {error}") from None


def _about(order: Order, rows: Rows, split: Split, wanted: Sequence[Entrant]) -> dict[str, str]:
    whole, files = rows.whole, order.files
    given = {one.name: one.parameters for one in wanted if one.parameters}
    seeds = order.all_seeds
    return {
        "data": f"{files.interactions.name}: {whole.n_rows:,} rows, {whole.n_users:,} users, "
        f"{whole.n_items:,} items",
        "metadata": ", ".join(path.name for path in (files.users, files.items) if path) or "none",
        "held out": f"the rows of {files.test.name}" if files.test else IN_WORDS[order.protocol],
        "learned from": f"{split.train.n_rows:,} rows",
        "compared": f"{split.compared.n_rows:,} rows of {len(split.queries):,} users",
        "ties": f"{split.tie_share:.1%} of the users are cut between rows of one time",
        "seed": f"{seeds[0]}" + (f" to {seeds[-1]}; figures are means" * (len(seeds) > 1)),
        "hyper-parameters": "; ".join(
            f"{name}: {', '.join(f'{key}={value}' for key, value in values.items())}"
            for name, values in given.items()
        )
        or "defaults",
        "made by": f"Penchant {installed()}",
    }


def _introduce(console: Console, split: Split) -> None:
    console.print(
        f"  learning from {split.train.n_rows:,} rows, asking for {len(split.queries):,} users, "
        f"comparing with {split.compared.n_rows:,} rows",
        markup=False,
    )
