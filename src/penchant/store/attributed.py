"""The sums of metric attributions: by quarter of an hour, metric and source.

Words:
    pending: The part of a sum that no report has told.
    reporting: The part that a report being written tells; it is kept until that is done, so that
        a report begun anew tells the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, update

from penchant.data.attribution import Cell
from penchant.store import database
from penchant.store.tables import attributed

FOLDED: Final = 0
"""The bucket in which what is too old to be told by the quarter of an hour is kept as one sum."""
_KEY: Final = ("attribution_arn", "bucket", "metric", "event_type", "function", "source")
_BATCH: Final = 5_000
_T: Final = attributed.c


class AttributedMetrics:
    """The sums of all metric attributions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, tx: Connection, arn: str, cells: Iterable[Cell], *, pending: bool = True) -> None:
        """Add to sums; `pending` says whether a report is to tell of it."""
        rows = [_row(arn, cell, pending=pending) for cell in cells]
        database.add_up(tx, attributed, _KEY, rows)

    def sources(self, arn: str) -> set[str]:
        """The sources that sums are kept of."""
        wanted = select(_T.source).where(_T.attribution_arn == arn).distinct()
        with database.reading(self._engine) as connection:
            return set(connection.execute(wanted).scalars())

    def series(self, arn: str) -> list[Cell]:
        """All sums of a metric attribution, oldest first."""
        with database.reading(self._engine) as connection:
            return [_cell(row) for row in connection.execute(_ordered(_T.attribution_arn == arn))]

    def recent(self, since: int) -> list[tuple[str, Cell]]:
        """The sums of the buckets from `since` on, with the ARN of their metric attribution."""
        with database.reading(self._engine) as connection:
            rows = connection.execute(_ordered(_T.bucket >= since)).all()
        return [(row.attribution_arn, _cell(row)) for row in rows]

    def totals(self) -> list[tuple[str, Cell]]:
        """Sums over all time, with the ARN of their metric attribution; `bucket` is 0."""
        names = [_T[name] for name in _KEY if name != "bucket"]
        wanted = select(*names, func.sum(_T.value).label("value")).group_by(*names).order_by(*names)
        with database.reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [
            (
                row.attribution_arn,
                Cell(FOLDED, row.metric, row.event_type, row.function, row.source, row.value),
            )
            for row in rows
        ]

    def begin_report(self, tx: Connection, arn: str, before: int) -> bool:
        """Have a report tell what is pending of earlier buckets; whether there is any."""
        mine = (_T.attribution_arn == arn, _T.bucket < before, _T.pending.is_not(None))
        changed = update(attributed).where(*mine).values(reporting=_T.pending, pending=None)
        return tx.execute(changed).rowcount > 0

    def reported(self, arn: str) -> Iterator[Cell]:
        """What the report that was begun is to tell, oldest first; read it to its end."""
        wanted = _ordered(_T.attribution_arn == arn, _T.reporting.is_not(None))
        with database.reading(self._engine) as connection:
            for row in connection.execute(wanted.execution_options(yield_per=_BATCH)):
                yield _cell(row, row.reporting)

    def end_report(self, tx: Connection, arn: str) -> None:
        """The report is written."""
        mine = (_T.attribution_arn == arn, _T.reporting.is_not(None))
        tx.execute(update(attributed).where(*mine).values(reporting=None))

    def fold(self, tx: Connection, arn: str, before: int) -> None:
        """Keep what is told and began before a time as one sum for each metric and source."""
        old = (
            *(_T.attribution_arn == arn, _T.bucket > FOLDED, _T.bucket < before),
            *(_T.pending.is_(None), _T.reporting.is_(None)),
        )
        taken = tx.execute(delete(attributed).where(*old).returning(attributed)).all()
        self.add(tx, arn, (replace(_cell(row), bucket=FOLDED) for row in taken), pending=False)

    def drop(self, tx: Connection, arn: str) -> None:
        """Forget the sums of a metric attribution."""
        tx.execute(delete(attributed).where(_T.attribution_arn == arn))


def _ordered(*conditions: ColumnElement[bool]) -> Any:
    order = (_T[name] for name in ("attribution_arn", "bucket", "metric", "function", "source"))
    return select(attributed).where(*conditions).order_by(*order)


def _row(arn: str, cell: Cell, *, pending: bool) -> dict[str, Any]:
    key = {"attribution_arn": arn} | {name: getattr(cell, name) for name in _KEY[1:]}
    return {**key, "value": cell.value, "pending": cell.value if pending else None}


def _cell(row: Any, value: float | None = None) -> Cell:
    told = row.value if value is None else value
    return Cell(row.bucket, row.metric, row.event_type, row.function, row.source, told)
