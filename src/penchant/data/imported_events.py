"""Who did what, as an imported file tells it: every user's items and types of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from penchant.data.engine import Engine, open_engine, quoted
from penchant.data.records import columns_in
from penchant.data.training_set import Int16s, Int32s, Int64s


@dataclass(frozen=True)
class PastRows:
    """Each pair of item and event type once a user, sorted by user.

    Attributes:
        user_ids: The users of the file, sorted.
        item_ids: Its items, or actions, sorted.
        type_names: Its event types, sorted; empty for none.
        offsets: Where each user's rows begin, int64 (n_users + 1,).
        items: int32, indices into `item_ids`.
        types: int16, indices into `type_names`.
    """

    user_ids: Sequence[str]
    item_ids: Sequence[str]
    type_names: Sequence[str]
    offsets: Int64s
    items: Int32s
    types: Int16s


def read_imported_events(
    part: Path, column: str, *, memory_bytes: int, threads: int = 1, spill: Path | None = None
) -> PastRows:
    """Read who did what from an imported file of interactions.

    Args:
        part: Parquet file.
        column: ITEM_ID or ACTION_ID.
        memory_bytes: Memory that DuckDB may use before it spills; the rows come on top.
        threads: Threads of DuckDB.
        spill: Folder for temporary data.
    """
    with open_engine(memory_bytes, threads, spill) as engine:
        typed = "EVENT_TYPE" in columns_in(engine, part)
        kind = "coalesce(EVENT_TYPE, '')" if typed else "''"
        source = f"read_parquet({quoted(str(part))})"
        engine.rows(
            f'CREATE VIEW past AS SELECT USER_ID AS u, "{column}" AS i, {kind} AS e FROM {source}'
        )
        users, items, types = (_codes(engine, name) for name in "uie")
        rows = engine.arrays(
            "SELECT DISTINCT u_codes.code AS u, i_codes.code AS i, e_codes.code AS e FROM past "
            "JOIN u_codes USING (u) JOIN i_codes USING (i) JOIN e_codes USING (e) ORDER BY 1, 3, 2"
        )
    counts = np.bincount(rows["u"], minlength=len(users))
    return PastRows(
        user_ids=users,
        item_ids=items,
        type_names=types,
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        items=rows["i"].astype(np.int32),
        types=rows["e"].astype(np.int16),
    )


def _codes(engine: Engine, column: str) -> list[str]:
    """Make the table of a column's codes; the values in the order of their codes."""
    engine.rows(
        f"CREATE TABLE {column}_codes AS SELECT {column}, (row_number() OVER (ORDER BY {column}) "
        f"- 1)::INTEGER AS code FROM (SELECT DISTINCT {column} FROM past)"
    )
    return [name for (name,) in engine.rows(f"SELECT {column} FROM {column}_codes ORDER BY code")]
