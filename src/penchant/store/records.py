"""Items and users that were put one by one, beside the imported data sets."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    delete,
    func,
    select,
    type_coerce,
    update,
)

from penchant.store import database
from penchant.store.tables import records

_BATCH: Final = 5_000
_WITHOUT_OVERFLOW: Final = 2**31
"""A database adds up a thousand million numbers below this one."""


class Records:
    """The newest record of each id, per dataset.

    A record is outdated while the imported data holds a newer one of its id. It is kept, and counts
    again once that is gone, or it is put again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(
        self,
        tx: Connection,
        dataset_arn: str,
        values: Mapping[str, Mapping[str, Any]],
        now: datetime,
    ) -> None:
        """Keep records by id; one that is there is replaced as a whole.

        Raises:
            ValueError: An id holds a NUL character.
        """
        for name in values:
            if not database.can_be_kept(name):
                raise ValueError(f"the id {name!r} holds a NUL character; leave it out")
        rows = [
            {
                "dataset_arn": dataset_arn,
                "id": name,
                "properties": properties,
                "updated_at": now,
                "outdated": False,
            }
            for name, properties in values.items()
        ]
        database.upsert(tx, records, ("dataset_arn", "id"), rows)

    def ids(self, dataset_arn: str, *, until: datetime) -> list[str]:
        """Whose records of a dataset were put up to a moment."""
        wanted = select(records.c.id).where(
            records.c.dataset_arn == dataset_arn, records.c.updated_at <= until
        )
        with database.reading(self._engine) as connection:
            return list(connection.execute(wanted).scalars())

    def outdate(
        self, tx: Connection, dataset_arn: str, ids: Sequence[str], *, until: datetime
    ) -> None:
        """Records of these ids count no more, unless they were put after a moment."""
        theirs = (records.c.dataset_arn == dataset_arn, records.c.updated_at <= until)
        for start in range(0, len(ids), _BATCH):
            some = records.c.id.in_(ids[start : start + _BATCH])
            tx.execute(update(records).where(*theirs, some).values(outdated=True))

    def revive(self, tx: Connection, dataset_arn: str) -> None:
        """All records of a dataset count again."""
        theirs = (records.c.dataset_arn == dataset_arn, records.c.outdated)
        tx.execute(update(records).where(*theirs).values(outdated=False))

    def scan(
        self, dataset_arn: str, *, with_outdated: bool = False
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every record of a dataset, sorted by id; no transaction is held in between."""
        after: str | None = None
        conditions = () if with_outdated else (~records.c.outdated,)
        while batch := self._batch(dataset_arn, after, *conditions):
            yield from batch
            after = batch[-1][0]

    def count(self, dataset_arn: str) -> int:
        """How many records a dataset has, outdated ones included."""
        wanted = select(func.count()).where(records.c.dataset_arn == dataset_arn)
        with database.reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one()

    def find(self, dataset_arn: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The records of those of a few ids that have one, not outdated."""
        kept = [name for name in ids if database.can_be_kept(name)]
        wanted = select(records.c.id, records.c.properties).where(
            records.c.dataset_arn == dataset_arn, records.c.id.in_(kept), ~records.c.outdated
        )
        with database.reading(self._engine) as connection:
            return {row.id: row.properties for row in connection.execute(wanted)}

    def state(self, dataset_arn: str) -> Hashable:
        """Names what was put into a dataset: another value after every change.

        The newest time alone would not do: who puts a record may have looked at the clock before,
        and commit after, somebody else.
        """
        at = records.c.updated_at
        microseconds = type_coerce(at, BigInteger) % _WITHOUT_OVERFLOW
        wanted = select(func.count(), func.max(at), func.sum(microseconds)).where(
            records.c.dataset_arn == dataset_arn
        )
        with database.reading(self._engine) as connection:
            return tuple(connection.execute(wanted).one())

    def newest_at(self, dataset_arn: str) -> datetime | None:
        """When a record of a dataset was put last; None where there is none."""
        wanted = select(func.max(records.c.updated_at)).where(records.c.dataset_arn == dataset_arn)
        with database.reading(self._engine) as connection:
            newest: datetime | None = connection.execute(wanted).scalar_one()
        return newest

    def drop(self, tx: Connection, dataset_arn: str) -> None:
        """Forget every record of a dataset."""
        tx.execute(delete(records).where(records.c.dataset_arn == dataset_arn))

    def _batch(
        self, dataset_arn: str, after: str | None, *conditions: ColumnElement[bool]
    ) -> list[tuple[str, dict[str, Any]]]:
        wanted = (
            select(records.c.id, records.c.properties)
            .where(records.c.dataset_arn == dataset_arn, *conditions)
            .order_by(records.c.id)
            .limit(_BATCH)
        )
        if after is not None:
            wanted = wanted.where(records.c.id > after)
        with database.reading(self._engine) as connection:
            return [(row.id, row.properties) for row in connection.execute(wanted)]
