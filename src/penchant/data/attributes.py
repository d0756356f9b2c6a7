"""What is known of items, users or actions, in the order of their ids: what filters look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from penchant.data.datasets import Dataset
from penchant.data.engine import open_engine
from penchant.data.features import categories_of, records_of
from penchant.data.records import merge
from penchant.data.training_set import Categories


@dataclass(frozen=True)
class Attributes:
    """Columns by the schema's names, a row an id; texts meant to be read are not among them.

    Attributes:
        texts: Categorical columns, their values apart, and plain ones, whole.
        numbers: float64 of shape (n_rows,), NaN where missing.
    """

    texts: Mapping[str, Categories] = field(default_factory=dict)
    numbers: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)


def read_attributes(
    dataset: Dataset,
    ids: Sequence[str],
    *,
    memory_bytes: int,
    threads: int = 1,
    spill: Path | None = None,
) -> Attributes:
    """The newest record of each of `ids`; an id without one has no values.

    Args:
        dataset: Of items, users or actions.
        ids: Distinct ids; row r of every column is of `ids[r]`.
        memory_bytes: Memory that DuckDB may use before it spills.
        threads: Threads of DuckDB.
        spill: Folder for temporary data.

    Raises:
        duckdb.IOException: A part is not there any more.
    """
    key = dataset.schema.rules.keys[0]
    fields = [one for one in dataset.schema.fields if one.name != key]
    with open_engine(memory_bytes, threads, spill) as engine:
        merge(engine, "records", dataset)
        named = np.array(ids, dtype=object)
        engine.keep("wanted", {"id": named, "index": np.arange(len(ids), dtype=np.int32)})
        source = records_of("records", "wanted", key)
        return Attributes(
            texts={
                one.name: categories_of(
                    engine, source(one.name), len(ids), separator="|" if one.categorical else ""
                )
                for one in fields
                if one.kind == "string" and not one.textual
            },
            numbers={
                one.name: _numbers(engine.arrays(_filled(source(one.name))), len(ids))
                for one in fields
                if one.is_number
            },
        )


def read_ids(dataset: Dataset, *, memory_bytes: int, spill: Path | None = None) -> list[str]:
    """Every id of a dataset of items, users or actions, sorted."""
    key = dataset.schema.rules.keys[0]
    with open_engine(memory_bytes, 1, spill) as engine:
        merge(engine, "records", dataset)
        return [name for (name,) in engine.rows(f'SELECT "{key}" FROM records ORDER BY 1')]


def _filled(source: str) -> str:
    return f"SELECT index, value::DOUBLE AS value FROM ({source}) WHERE value IS NOT NULL"


def _numbers(found: Mapping[str, npt.NDArray[np.float64]], n_rows: int) -> npt.NDArray[np.float64]:
    numbers = np.full(n_rows, np.nan)
    numbers[found["index"].astype(np.int64)] = found["value"]
    return numbers
