"""Metadata columns as arrays in the order of a vocabulary."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from penchant.data.engine import Engine, quoted
from penchant.data.fields import Field
from penchant.data.training_set import NO_TIME, Categories, Features, Int64s
from penchant.data.vocabulary import Vocabulary

Source = Callable[[str], str]
"""SQL for a column, by its name: rows of `index` and `value`, at most one per index."""


def records_of(records: str, ids: str, key: str) -> Source:
    """Where the columns of a table of records stand.

    Args:
        records: Table of one record per id.
        ids: Table of `id` and `index`.
        key: The records' id column.
    """
    return lambda column: (
        f'SELECT {ids}.index AS index, {records}."{column}" AS value FROM {records} '
        f'JOIN {ids} ON {ids}.id = {records}."{key}"'
    )


def features_of(engine: Engine, source: Source, fields: Iterable[Field], n_rows: int) -> Features:
    """The features among the fields; booleans and plain strings are none.

    Args:
        engine: Where the tables are.
        source: Where a column's values are.
        fields: The columns to take.
        n_rows: Number of rows of the features.
    """
    taken = list(fields)
    return Features(
        categories={
            one.name: categories_of(engine, source(one.name), n_rows)
            for one in taken
            if one.categorical
        },
        numbers={
            one.name: _numbers(engine, source(one.name), n_rows) for one in taken if one.is_number
        },
        texts={one.name: _texts(engine, source(one.name), n_rows) for one in taken if one.textual},
        names={
            one.name: _texts(engine, source(one.name), n_rows) for one in taken if one.item_name
        },
    )


def times_of(engine: Engine, source: str, n_rows: int) -> Int64s:
    """A column of epoch seconds, `NO_TIME` where missing, shape (n_rows,)."""
    found = engine.arrays(f"SELECT index, value FROM ({source}) WHERE value IS NOT NULL")
    times = np.full(n_rows, NO_TIME, np.int64)
    times[found["index"]] = found["value"]
    return times


def _numbers(engine: Engine, source: str, n_rows: int) -> npt.NDArray[np.float32]:
    found = engine.arrays(
        f"SELECT index, value::FLOAT AS value FROM ({source}) WHERE value IS NOT NULL"
    )
    numbers = np.full(n_rows, np.nan, np.float32)
    numbers[found["index"]] = found["value"]
    return numbers


def _texts(engine: Engine, source: str, n_rows: int) -> tuple[str, ...]:
    texts = [""] * n_rows
    for index, text in engine.rows(f"SELECT index, value FROM ({source}) WHERE value IS NOT NULL"):
        texts[index] = text
    return tuple(texts)


def categories_of(engine: Engine, source: str, n_rows: int, separator: str = "|") -> Categories:
    """A column of texts split at `separator`; blanks around values and empty values do not count.

    Args:
        engine: Where the tables are.
        source: SQL for rows of `index` and `value`.
        n_rows: Number of rows of the column.
        separator: Empty to leave texts whole.
    """
    split = f"string_split(value, {quoted(separator)})" if separator else "[value]"
    engine.rows(
        "CREATE OR REPLACE TABLE category_values AS SELECT index, value, min(place) AS place FROM "
        f"(SELECT index, trim(unnest({split})) AS value, generate_subscripts({split}, 1) AS place "
        f"FROM ({source})) WHERE value <> '' GROUP BY index, value"
    )
    values = [
        value
        for (value,) in engine.rows("SELECT DISTINCT value FROM category_values ORDER BY value")
    ]
    found = engine.arrays(
        "SELECT index, (code - 1)::INTEGER AS code FROM category_values JOIN (SELECT value, "
        "row_number() OVER (ORDER BY value) AS code FROM (SELECT DISTINCT value FROM "
        "category_values)) USING (value) ORDER BY index, place"
    )
    counts = np.bincount(found["index"].astype(np.int64), minlength=n_rows)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Categories(Vocabulary(values), offsets, found["code"].astype(np.int32))
