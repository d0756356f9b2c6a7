"""What an evaluation was made of, in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from penchant.cli.evaluate.contest import Entrant
from penchant.cli.evaluate.order import Order, Protocol
from penchant.cli.evaluate.reading import Rows
from penchant.cli.terminal import counted
from penchant.cli.version import installed
from penchant.evaluation.splits import Split

FEW_USERS: Final = 50
_HELD_OUT: Final[Mapping[Protocol, str]] = {
    Protocol.SERVICE: "as the service does: learned from 90 % of the users, asked for the others "
    "from the oldest 90 % of their rows, compared with the newest 10 %",
    Protocol.LAST: "the newest 10 % of every user's rows are compared, all others learned from",
    Protocol.LEAVE_ONE_OUT: "the last row of every user is compared, all others learned from",
    Protocol.TIME: "learned from the oldest 90 % of all rows, compared with what came later",
}


def about(order: Order, rows: Rows, split: Split, wanted: Sequence[Entrant]) -> dict[str, str]:
    """What was judged and how, by headings."""
    whole, files, seeds = rows.whole, order.files, order.all_seeds
    several = f" to {seeds[-1]}; figures are means" if len(seeds) > 1 else ""
    return {
        "data": f"{files.interactions.name}: {counted(whole.n_rows, 'row')}, "
        f"{counted(whole.n_users, 'user')}, {counted(whole.n_items, 'item')}",
        "metadata": ", ".join(path.name for path in (files.users, files.items) if path) or "none",
        "held out": f"the rows of {order.test.name}" if order.test else _HELD_OUT[order.protocol],
        "learned from": counted(split.train.n_rows, "row"),
        "compared": f"{counted(split.compared.n_rows, 'row')} of "
        f"{counted(len(split.queries), 'user')}",
        "ties": f"{split.tie_share:.1%} of the users are cut between rows of the same time, whose "
        "order is chance"
        if split.tie_share
        else "none",
        "seed": f"{seeds[0]}{several}",
        "hyper-parameters": _given(wanted) or "defaults",
        "made by": f"Penchant {installed()}",
    }


def remarks_on(order: Order, split: Split) -> list[str]:
    """Sentences on how far the split can be trusted."""
    n_users = len(split.queries)
    if n_users >= FEW_USERS:
        return []
    by_users = order.test is None and order.protocol is Protocol.SERVICE
    more = "; --protocol leave-one-out asks for everyone with two rows" if by_users else ""
    return [f"Only {counted(n_users, 'user')} tested: intervals and tests mean little{more}."]


def _given(wanted: Sequence[Entrant]) -> str:
    return "; ".join(
        f"{one.name}: {', '.join(f'{key}={value}' for key, value in one.parameters.items())}"
        for one in wanted
        if one.parameters
    )
