"""An evaluation from the first file to the last: read, split, learn, judge, write."""

import shlex

from rich.console import Console
from threadpoolctl import threadpool_limits

from penchant.cli.evaluate import writing
from penchant.cli.evaluate.about import about, remarks_on
from penchant.cli.evaluate.contest import contest, entrants
from penchant.cli.evaluate.order import Order, Protocol
from penchant.cli.evaluate.reading import Rows, read_rows
from penchant.cli.evaluate.showing import showing, tell
from penchant.cli.files.telling import tell_remarks
from penchant.cli.refusal import Refusal
from penchant.cli.states import State
from penchant.cli.terminal import counted
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


def run(order: Order, settings: Settings, console: Console) -> None:
    """Do what was ordered; the report lies in `order.out` afterwards.

    Raises:
        Refusal: A file, a name or a value is not fit; the text says which and what to do.
    """
    wanted = entrants(order.recipes, order.parameters, _catalogue(settings))
    writing.claim(order.out)
    rows = read_rows(order, settings, console)
    split = _split(rows, order)
    _introduce(console, split)
    remarks = remarks_on(order, split)
    tell_remarks(console, State.WARN, remarks)
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
        about=about(order, rows, split, wanted),
        remarks=[*rows.remarks, *remarks],
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


def _introduce(console: Console, split: Split) -> None:
    console.print(
        f"  learning from {counted(split.train.n_rows, 'row')}, asking for "
        f"{counted(len(split.queries), 'user')}, comparing with "
        f"{counted(split.compared.n_rows, 'row')}",
        markup=False,
    )
