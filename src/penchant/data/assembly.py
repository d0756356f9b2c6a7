"""Parts, streamed events and put records to the training set that recipes learn from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from penchant.data import rules
from penchant.data.contexts import context_fields, contexts_of
from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, Share, open_engine
from penchant.data.event_rules import EventRule, choose, weighs
from penchant.data.events import EventColumns, gather
from penchant.data.features import features_of, records_of, times_of
from penchant.data.fields import Field, Schema
from penchant.data.minimums import TooLittleData
from penchant.data.objectives import objective_of
from penchant.data.records import merge
from penchant.data.training_set import Features, Int64s, Objective, TrainingSet
from penchant.data.vocabulary import Vocabulary

__all__ = ["EventColumns", "EventRule", "assemble"]

_CREATED = "CREATION_TIMESTAMP"


def assemble(
    interactions: Dataset,
    *,
    users: Dataset | None = None,
    items: Dataset | None = None,
    streamed: EventColumns | None = None,
    event_rules: Sequence[EventRule] = (),
    excluded_columns: Mapping[str, Sequence[str]] | None = None,
    included_columns: Mapping[str, Sequence[str]] | None = None,
    objective: Objective | None = None,
    memory_bytes: int,
    threads: int,
    spill: Path | None = None,
    tick: Share | None = None,
) -> TrainingSet:
    """Bring everything known of a dataset group into arrays.

    Ids are sorted, so the same data gives the same vocabularies. The arrays returned (22 bytes an
    interaction, 4 for its weight, 12 or more per contextual column) come on top of `memory_bytes`.

    Args:
        interactions: What was imported.
        users: None where there is no such dataset.
        items: None where there is no such dataset.
        streamed: Events in order of arrival.
        event_rules: Keep only interactions that one of them takes; none: keep all.
        excluded_columns: Dataset type to columns that are not learned from.
        included_columns: Dataset type to the only columns that are; types not named are not cut.
        objective: What answers shall raise; its column in any case.
        memory_bytes: Memory that DuckDB may use before it spills.
        threads: Threads of DuckDB.
        spill: Folder for temporary data.
        tick: Told now and then which share of a step is done; raising stops the assembly.

    Raises:
        TooLittleData: Rules name event types, but no interaction has one; or what they take
            weighs nothing.
        ValueError: A column is excluded that cannot be, or the objective's column is not a
            number for every item.
    """
    columns = _Columns.read(excluded_columns or {}, included_columns or {})
    with open_engine(memory_bytes, threads, spill) as engine:
        gather(engine, interactions, streamed, tick)
        choose(engine, event_rules)
        user_side = _side(engine, "users", "u", users, tick)
        item_side = _side(engine, "items", "i", items, tick)
        item_features, created_at = item_side.features(columns)
        user_features, _ = user_side.features(columns)
        return TrainingSet(
            users=user_side.ids,
            items=item_side.ids,
            user_features=user_features,
            item_features=item_features,
            item_created_at=created_at,
            objective=objective and objective_of(engine, objective, items, item_features),
            **_rows(engine, interactions.schema, columns, tick, weighed=weighs(event_rules)),
        )


@dataclass(frozen=True)
class _Columns:
    """Which columns may be learned from; sets of upper case names by the record's name."""

    excluded: Mapping[str, frozenset[str]]
    included: Mapping[str, frozenset[str]]

    @classmethod
    def read(
        cls, excluded: Mapping[str, Sequence[str]], included: Mapping[str, Sequence[str]]
    ) -> "_Columns":
        return cls(rules.excluded_columns(excluded), rules.included_columns(included))

    def takes(self, record: str, name: str) -> bool:
        if name.upper() in self.excluded.get(record, ()):
            return False
        return record not in self.included or name.upper() in self.included[record]

    def of(self, record: str, fields: Iterable[Field]) -> list[Field]:
        return [one for one in fields if self.takes(record, one.name)]


@dataclass(frozen=True)
class _Side:
    """Users or items: their vocabulary, and the tables of their records and indices."""

    engine: Engine
    name: str
    ids: Vocabulary
    schema: Schema | None

    def features(self, columns: _Columns) -> tuple[Features, Int64s | None]:
        """The features, and where the items' CREATION_TIMESTAMP is known, that of each."""
        if self.schema is None:
            return Features(), None
        key = self.schema.rules.keys[0]
        source = records_of(self.name, f"{self.name}_ids", key)
        record = self.schema.rules.record
        fields = [one for one in self.schema.fields if one.name not in (key, _CREATED)]
        created_at = None
        if self.name == "items" and self._has_creation(columns):
            created_at = times_of(self.engine, source(_CREATED), len(self.ids))
        taken = columns.of(record, fields)
        return features_of(self.engine, source, taken, len(self.ids)), created_at

    def _has_creation(self, columns: _Columns) -> bool:
        """A list of columns to include is about what is learned; the age of items stays known."""
        assert self.schema is not None
        there = any(one.name == _CREATED for one in self.schema.fields)
        return there and _CREATED not in columns.excluded.get("Items", ())


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


def _rows(
    engine: Engine, schema: Schema, columns: _Columns, tick: Share | None, *, weighed: bool
) -> dict[str, Any]:
    """What a training set says of the interactions, by name; needs the tables of both sides."""
    names = _number_types(engine)
    value = "v" if columns.takes("Interactions", "EVENT_VALUE") else "NULL"
    rows = engine.arrays(_sorted_rows(value), tick)
    told = columns.of("Interactions", context_fields(schema))
    return {
        "user_indices": rows["u"],
        "item_indices": rows["i"],
        "timestamps": rows["t"],
        "event_types": rows["e"],
        "event_values": rows["v"],
        "event_type_names": names,
        "weights": rows["w"] if weighed else None,
        "contexts": contexts_of(engine, schema, told, len(rows["u"])),
    }


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
    """SQL for the interactions as indices: u, i, t, e, v, w; `value` is the column of values."""
    return (
        "SELECT users_ids.index AS u, items_ids.index AS i, t, "
        "coalesce(types.index, -1)::SMALLINT AS e, "
        f"coalesce({value}::FLOAT, 'nan'::FLOAT) AS v, w FROM wanted "
        "JOIN users_ids ON users_ids.id = u JOIN items_ids ON items_ids.id = i "
        "LEFT JOIN types ON types.name = e ORDER BY users_ids.index, t, arrival"
    )
