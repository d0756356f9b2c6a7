"""What is known of items, users or actions, in the order of their ids: what filters look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, open_engine
from penchant.data.features import categories_of, records_of
from penchant.data.fields import Field
from penchant.data.records import merge
from penchant.data.training_set import Categories

_OTHERS: Final = (
    'SELECT "{key}" FROM records WHERE "{key}" NOT IN (SELECT id FROM asked) ORDER BY 1'
)


@dataclass(frozen=True)
class Attributes:
    """Columns by the schema's names, a row an id.

    Attributes:
        others: The ids of the rows behind those that were asked for, sorted.
        texts: Categorical columns, their values apart, and plain ones, whole.
        numbers: float64 of shape (n_rows,), NaN where missing.
    """

    others: tuple[str, ...] = ()
    texts: Mapping[str, Categories] = field(default_factory=dict)
    numbers: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)


def read_attributes(
    dataset: Dataset,
    ids: Sequence[str],
    fields: Sequence[Field],
    *,
    memory_bytes: int,
    threads: int = 1,
    spill: Path | None = None,
    others: bool = False,
) -> Attributes:
    """Some columns of the newest record of each of `ids`; an id without one has no values.

    What the other columns hold is not read, however large it is.

    Args:
        dataset: Of items, users or actions.
        ids: Distinct ids; row r of every column is of `ids[r]`.
        fields: The columns, of texts or numbers.
        memory_bytes: Memory that DuckDB may use before it spills.
        threads: Threads of DuckDB.
        spill: Folder for temporary data.
        others: Whether rows of all other ids of the dataset follow.

    Raises:
        duckdb.IOException: A part is not there any more.
    """
    key = dataset.schema.rules.keys[0]
    with open_engine(memory_bytes, threads, spill) as engine:
        merge(engine, "records", _narrowed(dataset, fields))
        _number(engine, "asked", ids, 0)
        more = tuple(engine.arrays(_OTHERS.format(key=key))[key].tolist()) if others else ()
        _number(engine, "others", more, len(ids))
        engine.rows("CREATE VIEW wanted AS SELECT * FROM asked UNION ALL SELECT * FROM others")
        source, n_rows = records_of("records", "wanted", key), len(ids) + len(more)
        return Attributes(
            others=more,
            texts={
                one.name: categories_of(
                    engine, source(one.name), n_rows, separator="|" if one.categorical else ""
                )
                for one in fields
                if not one.is_number
            },
            numbers={
                one.name: _numbers(engine.arrays(_filled(source(one.name))), n_rows)
                for one in fields
                if one.is_number
            },
        )


def _narrowed(dataset: Dataset, fields: Sequence[Field]) -> Dataset:
    """The dataset as if it had its key and these columns alone."""
    key = dataset.schema.rules.keys[0]
    kept = tuple(one for one in dataset.schema.fields if one.name == key or one in fields)
    return replace(dataset, schema=replace(dataset.schema, fields=kept))


def _number(engine: Engine, table: str, ids: Sequence[str], first: int) -> None:
    indices = np.arange(first, first + len(ids), dtype=np.int32)
    engine.keep(table, {"id": np.array(ids, dtype=object), "index": indices})


def _filled(source: str) -> str:
    return f"SELECT index, value::DOUBLE AS value FROM ({source}) WHERE value IS NOT NULL"


def _numbers(found: Mapping[str, npt.NDArray[np.float64]], n_rows: int) -> npt.NDArray[np.float64]:
    numbers = np.full(n_rows, np.nan)
    numbers[found["index"].astype(np.int64)] = found["value"]
    return numbers
