"""Resources in the SQL database: one row each, whatever their kind."""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any, Final, NewType

from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from penchant.domain.arns import Kind, Owner
from penchant.domain.errors import (
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from penchant.domain.resources import Resource, utc_now
from penchant.domain.statuses import may_follow
from penchant.store import database
from penchant.store.cursors import Cursors
from penchant.store.secrets import secret
from penchant.store.tables import resources

CURSORS: Final = "cursors"
"""The name of the secret that signs cursors."""
Held = NewType("Held", Resource)
"""A resource read under a lock: nobody else changes it before the transaction ends."""
_TABLE: Final = resources
_NEWEST_FIRST: Final = (_TABLE.c.created_at.desc(), _TABLE.c.number.desc())


class Resources:
    """All resources of all owners.

    Args:
        engine: The database.
        cursors: Mark places in lists; by default with a key of this database.
    """

    def __init__(self, engine: Engine, cursors: Cursors | None = None) -> None:
        self._engine = engine
        self._cursors = cursors or Cursors(partial(secret, engine, CURSORS), utc_now)

    def transaction(self) -> AbstractContextManager[Connection]:
        """One transaction that writes; an exception inside undoes everything.

        To keep clear of deadlocks on PostgreSQL hold rows in this order: a job, then its
        resource, then the resources above it. Deletions alone go downwards, and are refused where
        something below is being made.
        """
        return database.writing(self._engine)

    def add(self, tx: Connection, resource: Resource) -> None:
        """Keep a new resource.

        Raises:
            ResourceAlreadyExistsException: Its ARN is taken.
            ValueError: Its alias is taken.
        """
        try:
            with tx.begin_nested():
                tx.execute(insert(_TABLE).values(_to_row(resource)))
        except IntegrityError:
            if self.get(resource.arn, tx) is not None:
                raise ResourceAlreadyExistsException.of(resource.arn) from None
            raise ValueError(
                f"The alias {resource.alias!r} of {resource.arn} is taken; choose another"
            ) from None

    def get(self, arn: str, tx: Connection | None = None) -> Resource | None:
        """The resource with this ARN, or None."""
        if not database.can_be_kept(arn):
            return None
        return self._one(select(_TABLE).where(_TABLE.c.arn == arn), tx)

    def held(self, tx: Connection, arn: str, *, to_remove: bool = False) -> Held | None:
        """The resource with this ARN, or None; who else asks for it so waits until `tx` ends.

        What is worked out from a row and then written into it has to be read so: between `get`
        and `change` another transaction may change the row, and what it wrote would be lost. With
        `to_remove`, who asks for it by `kept` waits too.
        """
        if not database.can_be_kept(arn):
            return None
        wanted = select(_TABLE).where(_TABLE.c.arn == arn)
        found = self._one(wanted.with_for_update(key_share=not to_remove), tx)
        return None if found is None else Held(found)

    def kept(self, tx: Connection, arn: str) -> Resource | None:
        """The resource with this ARN, or None; it may change, but is there until `tx` ends."""
        if not database.can_be_kept(arn):
            return None
        wanted = select(_TABLE).where(_TABLE.c.arn == arn)
        return self._one(wanted.with_for_update(read=True, key_share=True), tx)

    def by_alias(self, alias: str) -> Resource | None:
        """The resource with this second key, or None."""
        if not database.can_be_kept(alias):
            return None
        return self._one(select(_TABLE).where(_TABLE.c.alias == alias))

    def change(
        self,
        tx: Connection,
        held: Held,
        now: datetime,
        *,
        status: str | None = None,
        sent: Mapping[str, Any] | None = None,
        own: Mapping[str, Any] | None = None,
        failure_reason: str | None = None,
        parent_arn: str | None = None,
    ) -> Held:
        """Give a resource that `tx` holds other values; None leaves a value as it is.

        Returns:
            The resource as it is now, held still.

        Raises:
            ValueError: `status` may not follow the present one.
        """
        if status is not None and status != held.status:
            _check_transition(held, status)
        given = {
            "status": status,
            "sent": sent,
            "own": own,
            "failure_reason": failure_reason,
            "parent_arn": parent_arn,
        }
        values = {name: value for name, value in given.items() if value is not None}
        new = held.changed(now, **values)
        changed = update(_TABLE).where(_TABLE.c.arn == held.arn)
        tx.execute(changed.values(updated_at=new.updated_at, **values))
        return Held(new)

    def remove(self, tx: Connection, arn: str) -> None:
        """Forget a resource and its tags.

        Raises:
            ResourceNotFoundException: No resource has this ARN.
        """
        if tx.execute(delete(_TABLE).where(_TABLE.c.arn == arn)).rowcount == 0:
            raise ResourceNotFoundException.of(arn)

    def page(
        self,
        owner: Owner,
        kind: Kind,
        *,
        parent_arn: str | None = None,
        after: str | None = None,
        limit: int = 100,
        tx: Connection | None = None,
    ) -> tuple[list[Resource], str | None]:
        """At most `limit` resources, newest first, and the cursor of the next page or None.

        A cursor stays good while resources come and go: nothing is shown twice or left out
        that was there all the time.

        Raises:
            InvalidNextTokenException: `after` was not returned by this list.
        """
        wanted = _matching(owner, kind, parent_arn).order_by(*_NEWEST_FIRST).limit(limit + 1)
        scope = "\n".join((owner.account, owner.region, kind, parent_arn or ""))
        if not database.can_be_kept(scope):
            return [], None
        if after is not None:
            place = tuple_(_TABLE.c.created_at, _TABLE.c.number)
            types = (_TABLE.c.created_at.type, _TABLE.c.number.type)
            wanted = wanted.where(place < tuple_(*self._cursors.read(after, scope), types=types))
        with database.reading(self._engine, tx) as connection:
            rows = connection.execute(wanted).all()
        shown = [_from_row(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return shown, None
        last = rows[limit - 1]
        return shown, self._cursors.write(last.created_at, last.number, scope)

    def children(
        self, parent_arn: str, kind: Kind | None = None, tx: Connection | None = None
    ) -> list[Resource]:
        """Everything listed under a resource, newest first."""
        wanted = select(_TABLE).where(_TABLE.c.parent_arn == parent_arn).order_by(*_NEWEST_FIRST)
        if kind is not None:
            wanted = wanted.where(_TABLE.c.kind == kind)
        with database.reading(self._engine, tx) as connection:
            return [_from_row(row) for row in connection.execute(wanted)]

    def count(
        self,
        owner: Owner,
        kind: Kind,
        statuses: Collection[str] | None = None,
        tx: Connection | None = None,
    ) -> int:
        """How many resources of a kind an owner has; with `statuses` those in one of them."""
        wanted = _matching(owner, kind, None)
        if statuses is not None:
            wanted = wanted.where(_TABLE.c.status.in_(statuses))
        with database.reading(self._engine, tx) as connection:
            counted = select(func.count()).select_from(wanted.subquery())
            return connection.execute(counted).scalar_one()

    def every(self, kind: Kind) -> list[Resource]:
        """All resources of a kind, whoever owns them, newest first."""
        wanted = select(_TABLE).where(_TABLE.c.kind == kind).order_by(*_NEWEST_FIRST)
        with database.reading(self._engine) as connection:
            return [_from_row(row) for row in connection.execute(wanted)]

    def _one(self, wanted: Select[Any], tx: Connection | None = None) -> Resource | None:
        with database.reading(self._engine, tx) as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else _from_row(row)


def _check_transition(old: Resource, status: str) -> None:
    if not old.status or not may_follow(old.status, status):
        raise ValueError(
            f"{old.arn} is {old.status or 'without status'} and cannot become {status}"
        )


def _matching(owner: Owner, kind: Kind, parent_arn: str | None) -> Select[Any]:
    wanted = select(_TABLE).where(
        _TABLE.c.account == owner.account, _TABLE.c.region == owner.region, _TABLE.c.kind == kind
    )
    return wanted if parent_arn is None else wanted.where(_TABLE.c.parent_arn == parent_arn)


def _to_row(resource: Resource) -> dict[str, Any]:
    return {
        "arn": resource.arn,
        "kind": resource.kind.value,
        "account": resource.owner.account,
        "region": resource.owner.region,
        "name": resource.name,
        "status": resource.status,
        "parent_arn": resource.parent_arn,
        "alias": resource.alias or None,
        "sent": resource.sent,
        "own": resource.own,
        "failure_reason": resource.failure_reason,
        "created_at": resource.created_at,
        "updated_at": resource.updated_at,
    }


def _from_row(row: Row[Any]) -> Resource:
    return Resource(
        arn=row.arn,
        kind=Kind(row.kind),
        owner=Owner(row.account, row.region),
        name=row.name,
        status=row.status,
        created_at=row.created_at,
        updated_at=row.updated_at,
        parent_arn=row.parent_arn,
        sent=row.sent,
        own=row.own,
        alias=row.alias or "",
        failure_reason=row.failure_reason,
    )
