"""Parts, streamed events and put records to the training set that recipes learn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from penchant.data import rules
from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, Share, open_engine, quoted
from penchant.data.events import EventColumns, gather
from penchant.data.features import features_of, times_of
from penchant.data.fields import Field, Schema
from penchant.data.minimums import TooLittleData
from penchant.data.records import merge
from penchant.data.training_set import Features, Int64s, TrainingSet
from penchant.data.vocabulary import Vocabulary

__all__ = ["EventColumns", "assemble"]

_CREATED = "CREATION_TIMESTAMP"


def assemble(
    interactions: Dataset,
    *,
    users: Dataset | None = None,
    items: Dataset | None = None,
    streamed: EventColumns | None = None,
    event_type: str | None = None,
    event_value_threshold: float | None = None,
    excluded_columns: Mapping[str, Sequence[str]] | None = None,
    memory_bytes: int,
    threads: int,
    spill: Path | None = None,
    tick: Share | None = None,
) -> TrainingSet:
    """Bring everything known of a dataset group into arrays.

    Ids are sorted, so the same data gives the same vocabularies. The arrays returned (22 bytes an
    interaction) come on top of `memory_bytes`.

    Args:
        interactions: What was imported.
        users: None where there is no such dataset.
        items: None where there is no such dataset.
        streamed: Events in order of arrival.
        event_type: Keep only interactions of this type.
        event_value_threshold: Keep only interactions whose value is at least this.
        excluded_columns: Dataset type to columns that are not learned from.
        memory_bytes: Memory that DuckDB may use before it spills.
        threads: Threads of DuckDB.
        spill: Folder for temporary data.
        tick: Told now and then which share of a step is done; raising stops the assembly.

    Raises:
        TooLittleData: `event_type` is given, but no interaction has a type.
        ValueError: A column is excluded that cannot be.
    """
    excluded = rules.excluded_columns(excluded_columns or {})
    with open_engine(memory_bytes, threads, spill) as engine:
        gather(engine, interactions, streamed, tick)
        _filter(engine, event_type, event_value_threshold)
        user_side = _side(engine, "users", "u", users, tick)
        item_side = _side(engine, "items", "i", items, tick)
        item_features, created_at = item_side.features(excluded.get("Items", frozenset()))
        user_features, _ = user_side.features(excluded.get("Users", frozenset()))
        names = _number_types(engine)
        no_values = "EVENT_VALUE" in excluded.get("Interactions", ())
        rows = engine.arrays(_sorted_rows("NULL" if no_values else "v"), tick)
    return TrainingSet(
        users=user_side.ids,
        items=item_side.ids,
        user_indices=rows["u"],
        item_indices=rows["i"],
        timestamps=rows["t"],
        event_types=rows["e"],
        event_values=rows["v"],
        event_type_names=names,
        user_features=user_features,
        item_features=item_features,
        item_created_at=created_at,
    )


@dataclass(frozen=True)
class _Side:
    """Users or items: their vocabulary, and the tables of their records and indices."""

    engine: Engine
    name: str
    ids: Vocabulary
    schema: Schema | None

    def features(self, excluded: frozenset[str]) -> tuple[Features, Int64s | None]:
        if self.schema is None:
            return Features(), None
        key = self.schema.rules.keys[0]
        fields: list[Field] = [
            one
            for one in self.schema.fields
            if one.name.upper() not in excluded and one.name != key
        ]
        place = (self.engine, self.name, f"{self.name}_ids", key)
        created_at = None
        if self.name == "items" and any(one.name == _CREATED for one in fields):
            created_at = times_of(*place, _CREATED, len(self.ids))
            fields = [one for one in fields if one.name != _CREATED]
        return features_of(*place, fields, len(self.ids)), created_at


def _side(
    engine: Engine, name: str, column: str, dataset: Dataset | None, tick: Share | None
) -> _Side:
    source = f"SELECT {column} AS id FROM wanted"
    if dataset is not None:
        merge(engine, name, dataset)
        source += f' UNION SELECT "{dataset.schema.rules.keys[0]}" AS id FROM {name}'
    engine.rows(
        f"CREATE TABLE {name}_ids AS SELECT id, (row_number() OVER (ORDER BY id) - 1)::INTEGER AS "
        f"index FROM (SELECT DISTINCT id FROM ({source}))",
        tick=tick,
    )
    ids = engine.rows(f"SELECT id FROM {name}_ids ORDER BY index")
    schema = dataset.schema if dataset is not None else None
    return _Side(engine, name, Vocabulary(one for (one,) in ids), schema)


def _filter(engine: Engine, event_type: str | None, threshold: float | None) -> None:
    """Make the view `wanted` of the interactions to learn from."""
    conditions = ["true"]
    if event_type is not None:
        if not engine.value("SELECT count(e) FROM events"):
            raise TooLittleData(
                "All values in the event_type column are either reserved keywords or null"
            )
        conditions.append(f"e = {quoted(event_type)}")
    if threshold is not None:
        conditions.append(f"v >= {float(threshold)!r}::DOUBLE")
    engine.rows(f"CREATE VIEW wanted AS SELECT * FROM events WHERE {' AND '.join(conditions)}")


def _number_types(engine: Engine) -> tuple[str, ...]:
    """Make the table `types` of name and index; return the names in that order."""
    engine.rows(
        "CREATE TABLE types AS SELECT e AS name, row_number() OVER (ORDER BY e) - 1 AS index FROM "
        "(SELECT DISTINCT e FROM wanted WHERE e IS NOT NULL)"
    )
    names = tuple(name for (name,) in engine.rows("SELECT name FROM types ORDER BY index"))
    if len(names) > np.iinfo(np.int16).max:
        raise TooLittleData(f"Dataset has {len(names)} event types; at most 10 are allowed.")
    return names


def _sorted_rows(value: str) -> str:
    """SQL for the interactions as indices: u, i, t, e, v; `value` is the column of values."""
    return (
        "SELECT users_ids.index AS u, items_ids.index AS i, t, "
        "coalesce(types.index, -1)::SMALLINT AS e, "
        f"coalesce({value}::FLOAT, 'nan'::FLOAT) AS v FROM wanted "
        "JOIN users_ids ON users_ids.id = u JOIN items_ids ON items_ids.id = i "
        "LEFT JOIN types ON types.name = e ORDER BY users_ids.index, t, arrival"
    )
