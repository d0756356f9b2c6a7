"""Actions and what users did about them, from parts, streamed events and put records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data import rules
from penchant.data.actions import EVENT_TYPES, LEAST_VALUE, ActionSet, spelled
from penchant.data.datasets import Dataset
from penchant.data.engine import Engine, open_engine, quoted
from penchant.data.features import Source, features_of, records_of, times_of
from penchant.data.records import PART_ROWS, merge
from penchant.data.training_set import (
    NO_TIME,
    Categories,
    Features,
    Int64s,
    TrainingSet,
)
from penchant.data.vocabulary import Vocabulary

MOST_ACTIONS: Final = 1000
"""Actions that are learned; new ones and those with recent interactions first."""

_EXPIRATIONS: Final = ("EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP")
_KEY: Final = "ACTION_ID"


@dataclass(frozen=True)
class ActionColumns:
    """Streamed interactions with actions in order of arrival, columns of equal length.

    Attributes:
        user_ids: The user, or the session where there is no user.
        action_ids: The action.
        timestamps: Epoch seconds.
        event_types: Of `EVENT_TYPES`, in any spelling.
    """

    user_ids: Sequence[str]
    action_ids: Sequence[str]
    timestamps: Sequence[int] | Int64s
    event_types: Sequence[str]


def with_actions(
    training_set: TrainingSet,
    actions: Dataset,
    interactions: Dataset | None,
    streamed: ActionColumns | None,
    *,
    excluded_columns: Mapping[str, Sequence[str]] | None = None,
    memory_bytes: int,
    threads: int,
    spill: Path | None = None,
) -> TrainingSet:
    """Add actions to a training set, and to its users those who are known by actions alone.

    An interaction with an action that is not in the dataset of actions does not count, and of
    equal ones only the first does. Of more than `MOST_ACTIONS` actions the others are left out.

    Args:
        training_set: What is known of items.
        actions: The dataset of actions.
        interactions: The dataset of interactions with them; None where there is none.
        streamed: Interactions that came one by one.
        excluded_columns: Dataset type to columns that are not learned from.
        memory_bytes: Memory that DuckDB may use before it spills.
        threads: Threads of DuckDB.
        spill: Folder for temporary data.
    """
    excluded = rules.excluded_columns(excluded_columns or {}).get("Actions", frozenset())
    with open_engine(memory_bytes, threads, spill) as engine:
        merge(engine, "actions", actions)
        _gather(engine, interactions, streamed)
        names = _choose(engine, actions)
        users = _number_users(engine, training_set.users)
        rows = engine.arrays(_SORTED_ROWS)
        found = _described(engine, actions, Vocabulary(names), excluded)
    return replace(
        training_set,
        users=users,
        user_features=_longer(training_set.user_features, len(users) - training_set.n_users),
        actions=replace(
            found,
            user_indices=rows["u"],
            action_indices=rows["a"],
            timestamps=rows["t"],
            event_types=rows["e"],
        ),
    )


def _gather(engine: Engine, interactions: Dataset | None, streamed: ActionColumns | None) -> None:
    """Make the table `done`: u, a, t, e (index of the type), arrival; each interaction once."""
    sources = ["SELECT NULL::VARCHAR u, NULL::VARCHAR a, 0::BIGINT t, '' e, 0 arrival WHERE false"]
    parts = interactions.parts if interactions is not None else ()
    sources += [
        f'SELECT "USER_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE", {n * PART_ROWS} + _row '
        f"FROM read_parquet({quoted(str(part))})"
        for n, part in enumerate(parts)
    ]
    if streamed is not None and len(streamed.action_ids):
        engine.keep("streamed", _arrays(streamed))
        sources.append(f"SELECT u, a, t, e, {len(parts) * PART_ROWS} + rowid FROM streamed")
    engine.rows(
        "CREATE TABLE done AS SELECT u, a, t, e, min(arrival) AS arrival FROM (SELECT u, a, t, "
        f"{spelled('e', range(len(EVENT_TYPES)))}::SMALLINT AS e, arrival "
        f"FROM ({' UNION ALL '.join(sources)})) WHERE e IS NOT NULL GROUP BY u, a, t, e"
    )


def _arrays(streamed: ActionColumns) -> dict[str, npt.NDArray[np.generic]]:
    return {
        "u": np.array(streamed.user_ids, dtype=object),
        "a": np.array(streamed.action_ids, dtype=object),
        "t": np.asarray(streamed.timestamps, np.int64),
        "e": np.array(streamed.event_types, dtype=object),
    }


def _choose(engine: Engine, actions: Dataset) -> list[str]:
    """Make the table `actions_ids` of id and index; return the ids in that order."""
    there = {field.name for field in actions.schema.fields}
    created = '"CREATION_TIMESTAMP"' if "CREATION_TIMESTAMP" in there else "NULL::BIGINT"
    engine.rows(
        f'CREATE TABLE newest AS SELECT "{_KEY}" AS id, {created} AS created, '
        f'(SELECT max(t) FROM done WHERE a = "{_KEY}") AS last FROM actions'
    )
    engine.rows(
        "CREATE TABLE actions_ids AS SELECT id, (row_number() OVER (ORDER BY id) - 1)::INTEGER AS "
        "index FROM (SELECT id FROM newest ORDER BY coalesce(last, created, "
        f"{np.iinfo(np.int64).max}) DESC, id LIMIT {MOST_ACTIONS})"
    )
    return [name for (name,) in engine.rows("SELECT id FROM actions_ids ORDER BY index")]


def _number_users(engine: Engine, known: Vocabulary) -> Vocabulary:
    """Make the table `users_ids` of id and index: the known ones, then those of actions alone."""
    ids = np.array(known.ids, dtype=object)
    engine.keep("known", {"id": ids, "index": np.arange(len(known), dtype=np.int32)})
    new = engine.rows(
        "SELECT DISTINCT u FROM done JOIN actions_ids ON a = actions_ids.id "
        "ANTI JOIN known ON known.id = u ORDER BY u"
    )
    users = Vocabulary([*known.ids, *(name for (name,) in new)]) if new else known
    engine.rows(
        "CREATE TABLE users_ids AS SELECT id::VARCHAR AS id, index FROM known UNION ALL SELECT u, "
        f"(row_number() OVER (ORDER BY u) - 1 + {len(known)})::INTEGER FROM (SELECT DISTINCT u "
        "FROM done JOIN actions_ids ON a = actions_ids.id ANTI JOIN known ON known.id = u)"
    )
    return users


_SORTED_ROWS: Final = (
    "SELECT users_ids.index AS u, actions_ids.index AS a, t, e FROM done "
    "JOIN users_ids ON users_ids.id = u JOIN actions_ids ON actions_ids.id = a "
    "ORDER BY users_ids.index, t, arrival"
)


def _described(
    engine: Engine, actions: Dataset, names: Vocabulary, excluded: frozenset[str]
) -> ActionSet:
    n, schema = len(names), actions.schema
    there = {field.name for field in schema.fields}
    source = records_of("actions", "actions_ids", _KEY)
    fixed = {*schema.rules.required, *schema.rules.reserved}
    fields = [one for one in schema.fields if one.name not in {*fixed, *excluded}]
    values = _whole(engine, source, "VALUE", there, n)
    repeats = _whole(engine, source, "REPEAT_FREQUENCY", there, n)
    expires_at = np.full(n, NO_TIME, np.int64)
    for name in _EXPIRATIONS:
        expires_at = np.maximum(expires_at, _whole(engine, source, name, there, n))
    return ActionSet(
        names,
        features_of(engine, source, fields, n),
        np.where(values == NO_TIME, LEAST_VALUE, values).astype(np.float32),
        _whole(engine, source, "CREATION_TIMESTAMP", there, n),
        expires_at,
        np.where(repeats == NO_TIME, 0, repeats),
    )


def _whole(engine: Engine, source: Source, name: str, there: set[str], n: int) -> Int64s:
    """A column of whole numbers, `NO_TIME` where missing (n,)."""
    return times_of(engine, source(name), n) if name in there else np.full(n, NO_TIME, np.int64)


def _longer(features: Features, n: int) -> Features:
    """The features with `n` more rows of which nothing is known."""
    if n == 0:
        return features
    return replace(
        features,
        categories={
            name: Categories(
                one.values,
                np.concatenate([one.offsets, np.repeat(one.offsets[-1:], n)]),
                one.codes,
            )
            for name, one in features.categories.items()
        },
        numbers={
            name: np.concatenate([one, np.full(n, np.nan, np.float32)])
            for name, one in features.numbers.items()
        },
        texts={name: one + ("",) * n for name, one in features.texts.items()},
    )
