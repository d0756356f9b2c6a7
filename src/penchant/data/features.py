"""Metadata columns as arrays in the order of a vocabulary."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from penchant.data.engine import Engine
from penchant.data.fields import Field
from penchant.data.training_set import NO_TIME, Categories, Features, Int64s
from penchant.data.vocabulary import Vocabulary


def features_of(
    engine: Engine, records: str, ids: str, key: str, fields: Iterable[Field], n_rows: int
) -> Features:
    """The features among the fields; booleans and plain strings are none.

    Args:
        engine: Where the tables are.
        records: Table of one record per id.
        ids: Table of `id` and `index`.
        key: The records' id column.
        fields: The columns to take.
        n_rows: Number of ids.
    """
    source = f'{records} JOIN {ids} ON {ids}.id = {records}."{key}"'
    taken = list(fields)
    return Features(
        categories={
            one.name: _categories(engine, one.name, source, n_rows)
            for one in taken
            if one.categorical
        },
        numbers={
            one.name: _numbers(engine, one.name, source, n_rows) for one in taken if one.is_number
        },
        texts={one.name: _texts(engine, one.name, source, n_rows) for one in taken if one.textual},
    )


def times_of(engine: Engine, records: str, ids: str, key: str, column: str, n_rows: int) -> Int64s:
    """A column of epoch seconds, `NO_TIME` where missing, shape (n_rows,)."""
    source = f'{records} JOIN {ids} ON {ids}.id = {records}."{key}"'
    found = engine.arrays(
        f'SELECT index, "{column}" AS value FROM {source} WHERE "{column}" IS NOT NULL'
    )
    times = np.full(n_rows, NO_TIME, np.int64)
    times[found["index"]] = found["value"]
    return times


def _numbers(engine: Engine, column: str, source: str, n_rows: int) -> npt.NDArray[np.float32]:
    found = engine.arrays(
        f'SELECT index, "{column}"::FLOAT AS value FROM {source} WHERE "{column}" IS NOT NULL'
    )
    numbers = np.full(n_rows, np.nan, np.float32)
    numbers[found["index"]] = found["value"]
    return numbers


def _texts(engine: Engine, column: str, source: str, n_rows: int) -> tuple[str, ...]:
    texts = [""] * n_rows
    for index, text in engine.rows(
        f'SELECT index, "{column}" FROM {source} WHERE "{column}" IS NOT NULL'
    ):
        texts[index] = text
    return tuple(texts)


def _categories(engine: Engine, column: str, source: str, n_rows: int) -> Categories:
    """Split values at `|`; blanks around values and empty values do not count."""
    split = f"string_split(\"{column}\", '|')"
    engine.rows(
        "CREATE OR REPLACE TABLE category_values AS SELECT index, value, min(place) AS place FROM "
        f"(SELECT index, trim(unnest({split})) AS value, generate_subscripts({split}, 1) AS place "
        f"FROM {source}) WHERE value <> '' GROUP BY index, value"
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
