"""Metadata columns as arrays in the order of a vocabulary."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.engine import Engine, quoted
from penchant.data.fields import Field
from penchant.data.training_set import NO_TIME, Categories, Features, Int32s, Int64s
from penchant.data.vocabulary import Vocabulary

_NO_TEXT: Final = -1

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

    Texts repeat, so each is split once.

    Args:
        engine: Where the tables are.
        source: SQL for rows of `index` and `value`, at most one per index.
        n_rows: Number of rows of the column.
        separator: Empty to leave texts whole.
    """
    engine.rows(
        f"CREATE OR REPLACE TABLE category_rows AS SELECT index, trim(value) AS value "
        f"FROM ({source})"
    )
    engine.rows(
        "CREATE OR REPLACE TABLE category_texts AS SELECT value, row_number() OVER (ORDER BY "
        "value) - 1 AS text FROM (SELECT DISTINCT value FROM category_rows WHERE value <> '')"
    )
    found = engine.arrays("SELECT index, text FROM category_rows JOIN category_texts USING (value)")
    texts = np.full(n_rows, _NO_TEXT, np.int32)
    texts[found["index"].astype(np.int64)] = found["text"]
    return _spread(_split(engine, separator) if separator else _whole(engine), texts)


def _whole(engine: Engine) -> Categories:
    """A row for each text, which is its one value."""
    values = [value for (value,) in engine.rows("SELECT value FROM category_texts ORDER BY text")]
    places = np.arange(len(values) + 1)
    return Categories(Vocabulary(values), places, places[:-1].astype(np.int32))


def _split(engine: Engine, separator: str) -> Categories:
    """A row for each text: its values in the order in which they stand there, each once."""
    parts = f"string_split(value, {quoted(separator)})"
    engine.rows(
        "CREATE OR REPLACE TABLE category_values AS SELECT text, value, min(place) AS place FROM "
        f"(SELECT text, trim(unnest({parts})) AS value, generate_subscripts({parts}, 1) AS place "
        "FROM category_texts) WHERE value <> '' GROUP BY text, value"
    )
    values = [
        value
        for (value,) in engine.rows("SELECT DISTINCT value FROM category_values ORDER BY value")
    ]
    found = engine.arrays(
        "SELECT text, (code - 1)::INTEGER AS code FROM category_values JOIN (SELECT value, "
        "row_number() OVER (ORDER BY value) AS code FROM (SELECT DISTINCT value FROM "
        "category_values)) USING (value) ORDER BY text, place"
    )
    n_texts = engine.value("SELECT count(*) FROM category_texts")
    counts = np.bincount(found["text"].astype(np.int64), minlength=n_texts)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Categories(Vocabulary(values), offsets, found["code"].astype(np.int32))


def _spread(categories: Categories, texts: Int32s) -> Categories:
    """The values of the text of each row, shape (n_rows,); none where it is `_NO_TEXT`."""
    counts = np.append(np.diff(categories.offsets), 0)[texts]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    begins = categories.offsets[texts] - offsets[:-1]
    codes = categories.codes[np.repeat(begins, counts) + np.arange(offsets[-1])]
    return Categories(categories.values, offsets, codes)
