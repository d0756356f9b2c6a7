"""Column types that mean the same on SQLite and on PostgreSQL."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

# Sorted by bytes on both, so that keyset paging means the same and indexes are quick.
Word: Final = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
Number: Final = BigInteger().with_variant(Integer, "sqlite")  # a key that counts itself up


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Turn the datetime into a number; a naive one is a TypeError."""
        return None if value is None else (value - EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """Turn the number back into a datetime in UTC."""
        return None if value is None else EPOCH + value * _MICROSECOND


class Document(TypeDecorator[Any]):
    """A JSON value as text, so that key order and numbers come back as they went in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Write JSON in ASCII, which both databases store whatever the characters are."""
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """Read the JSON."""
        return None if value is None else json.loads(value)
