"""Tags: words that the owner of a resource hangs on it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.exc import IntegrityError

from penchant.domain.errors import ResourceNotFoundException
from penchant.store import database
from penchant.store.tables import tags


class Tags:
    """The tags of all resources; they go when their resource goes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, tx: Connection, arn: str, values: Mapping[str, str]) -> None:
        """Add tags to a resource; a key that is there gets the new value.

        Raises:
            ResourceNotFoundException: No resource has this ARN.
        """
        rows = [{"arn": arn, "key": key, "value": value} for key, value in values.items()]
        try:
            with tx.begin_nested():
                database.upsert(tx, tags, ("arn", "key"), rows)
        except IntegrityError:
            raise ResourceNotFoundException.of(arn) from None

    def drop(self, tx: Connection, arn: str, keys: Sequence[str]) -> None:
        """Take tags off a resource; keys that are not there are passed over."""
        tx.execute(delete(tags).where(tags.c.arn == arn, tags.c.key.in_(keys)))

    def of(self, arn: str, tx: Connection | None = None) -> dict[str, str]:
        """A resource's tags, sorted by key; empty where there are none or no such resource."""
        wanted = select(tags.c.key, tags.c.value).where(tags.c.arn == arn).order_by(tags.c.key)
        with database.reading(self._engine, tx) as connection:
            return {row.key: row.value for row in connection.execute(wanted)}
