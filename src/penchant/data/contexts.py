"""Contextual metadata: what interactions tell of their moment beside who, what and when."""

from collections.abc import Collection, Sequence
from typing import Final

from penchant.data.engine import Engine
from penchant.data.features import features_of
from penchant.data.fields import Field, Schema
from penchant.data.training_set import Features

CORE: Final = ("USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE")


def other_fields(schema: Schema) -> list[Field]:
    """The columns of interactions beside user, item, time, event type and event value."""
    return [one for one in schema.fields if one.name not in CORE]


def context_fields(schema: Schema, excluded: Collection[str] = ()) -> list[Field]:
    """The categorical and numeric columns that are neither reserved nor `excluded`."""
    return [
        one
        for one in other_fields(schema)
        if one.name not in schema.rules.reserved
        and one.name.upper() not in excluded
        and (one.categorical or one.is_number)
    ]


def place_of(schema: Schema, field: Field) -> int:
    """Where a column stands among `other_fields`; c0, c1, ... are their names in `events`."""
    return other_fields(schema).index(field)


def contexts_of(engine: Engine, schema: Schema, fields: Sequence[Field], n_rows: int) -> Features:
    """The columns as features, rows in the order of the training set.

    Args:
        engine: Has the views `wanted` and `users_ids`.
        schema: Of the interactions.
        fields: Some of `context_fields`.
        n_rows: Rows of the training set.
    """
    if not fields:
        return Features()
    columns = {one.name: f"c{place_of(schema, one)}" for one in fields}
    engine.rows(
        "CREATE TABLE moments AS SELECT row_number() OVER (ORDER BY users_ids.index, t, arrival) "
        f"- 1 AS index, {', '.join(columns.values())} FROM wanted "
        "JOIN users_ids ON users_ids.id = u"
    )
    return features_of(
        engine, lambda name: f"SELECT index, {columns[name]} AS value FROM moments", fields, n_rows
    )
