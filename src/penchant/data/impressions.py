"""How often items were shown and not taken; it guides exploration and is never learned from."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, quoted
from penchant.data.records import columns_in
from penchant.data.training_set import Int64s
from penchant.data.vocabulary import Vocabulary

IMPRESSION: Final = "IMPRESSION"


def count_shown(lists: Iterable[tuple[Sequence[str], str]], items: Vocabulary) -> Int64s:
    """Impressions of items, shape (n_items,): every list counts each of its items once.

    Args:
        lists: What was shown, and the item that was taken, which is no impression.
        items: The catalogue; other items are passed over.
    """
    counts = np.zeros(len(items), np.int64)
    for shown, taken in lists:
        places = items.indices([item for item in dict.fromkeys(shown) if item != taken])
        counts[places[places >= 0]] += 1
    return counts


def count_imported(engine: Engine, interactions: Dataset, items: Vocabulary) -> Int64s:
    """Impressions in the imported column IMPRESSION, items joined by `|`, shape (n_items,)."""
    counts = np.zeros(len(items), np.int64)
    for part in interactions.parts:
        if IMPRESSION in columns_in(engine, part):
            rows = engine.rows(_SHOWN.format(source=f"read_parquet({quoted(str(part))})"))
            places = items.indices([item for item, _ in rows])
            known = places >= 0
            counts[places[known]] += np.array([n for _, n in rows], np.int64)[known]
    return counts


_SHOWN: Final = f"""
    SELECT item, count(*) AS n
    FROM (SELECT DISTINCT _row, ITEM_ID, unnest(string_split({IMPRESSION}, '|')) AS item
            FROM {{source}} WHERE {IMPRESSION} IS NOT NULL)
    WHERE item <> ITEM_ID GROUP BY item
"""
