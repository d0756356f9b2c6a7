"""The data a demo is about, whichever data set it comes from."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb

from penchant.cli.demo.movielens import read_movielens

_WEEK_S: Final = 7 * 24 * 3600
_ONLINE_RETAIL: Final = Path(__file__).parent.parent / "demo_data" / "online_retail.parquet"

_PERSON = """
select user_id from interactions group by user_id
having count(distinct item_id) between 12 and 40 and count(distinct timestamp) >= 4
order by max(timestamp) desc, user_id limit 1
"""

_HISTORY = """
select item_id from interactions where user_id = $user_id
group by item_id order by max(timestamp), item_id
"""

_POPULAR = """
select item_id from interactions group by item_id
order by count(distinct user_id) desc, item_id limit 200
"""

_UPLOAD = """
select user_id as USER_ID, item_id as ITEM_ID, timestamp as TIMESTAMP, $event_type as EVENT_TYPE
from interactions order by timestamp, user_id, rowid
"""


@dataclass(frozen=True, slots=True)
class Story:
    """How a data set is talked about: its name, what a user is called and what users do."""

    name: str
    person: str
    deed: str
    event_type: str
    source: str


@dataclass(frozen=True, slots=True)
class Goods:
    """What is uploaded, and what is told about it.

    Attributes:
        csv: USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE with a header row; rows of one user and
            moment in the order of the data set.
        titles: Title of every item.
        user_id: The user the story is about: several visits, neither the shortest nor the
            longest history, among those the one who came last.
        history: That user's distinct items, oldest first.
        popular: The 200 items with most users, most first.
    """

    story: Story
    csv: Path
    n_rows: int
    n_users: int
    titles: dict[str, str]
    user_id: str
    history: tuple[str, ...]
    popular: tuple[str, ...]


Reader = Callable[[duckdb.DuckDBPyConnection], None]


def online_retail(into: Path, now: float | None = None) -> Goods:
    """The shipped shop data: the purchases of 4 300 customers in a year."""
    story = Story(
        name="online-retail",
        person="customer",
        deed="bought",
        event_type="purchase",
        source="UCI Online Retail (Chen, 2015; CC BY 4.0)",
    )
    return prepare(story, _read_online_retail, into, time.time() if now is None else now)


def movielens(folder: Path, into: Path, now: float | None = None) -> Goods:
    """A MovieLens folder as GroupLens packs it (100K, 1M, 10M, 20M, 25M, 32M, latest).

    Raises:
        Refusal: The folder holds none of the known files, or they can't be read.
    """
    story = Story(
        name="movielens",
        person="viewer",
        deed="watched",
        event_type="watch",
        source=f"MovieLens (GroupLens) from {folder}",
    )
    reader = partial(read_movielens, folder=folder)
    return prepare(story, reader, into, time.time() if now is None else now)


def prepare(story: Story, read: Reader, into: Path, now: float) -> Goods:
    """Write the CSV and look up what the story needs.

    All times are moved by the same number of weeks, so that the newest event is at most a week
    old at `now` (epoch seconds) and live events continue the history instead of following it by
    years.
    """
    with duckdb.connect() as connection:
        read(connection)
        newest = _value(connection, "select max(timestamp) from rows")
        connection.execute(
            "create table interactions as"
            " select user_id, item_id, timestamp + $shift_s as timestamp from rows",
            {"shift_s": int((now - newest) // _WEEK_S) * _WEEK_S},
        )
        csv = into / f"{story.name}.csv"
        upload = connection.sql(_UPLOAD, params={"event_type": story.event_type})
        upload.write_csv(str(csv), header=True)
        user_id = str(_value(connection, _PERSON))
        return Goods(
            story=story,
            csv=csv,
            n_rows=_value(connection, "select count(*) from interactions"),
            n_users=_value(connection, "select count(distinct user_id) from interactions"),
            titles=dict(connection.execute("select item_id, title from rows").fetchall()),
            user_id=user_id,
            history=_column(connection, _HISTORY, user_id=user_id),
            popular=_column(connection, _POPULAR),
        )


def _read_online_retail(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create table rows as from read_parquet($file)", {"file": str(_ONLINE_RETAIL)}
    )


def _value(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _column(
    connection: duckdb.DuckDBPyConnection, query: str, **parameters: str
) -> tuple[str, ...]:
    return tuple(row[0] for row in connection.execute(query, parameters or None).fetchall())
