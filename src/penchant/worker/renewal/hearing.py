"""Tells whether the data of a dataset group is still what a training heard."""

import json
from pathlib import PurePosixPath
from typing import Any, Final

from penchant.domain.arns import Kind
from penchant.domain.datasets import ACTION_INTERACTIONS, INTERACTIONS, action_stream
from penchant.store.stores import Stores

_OF_INTERACTIONS: Final = {INTERACTIONS, ACTION_INTERACTIONS}
_NOTHING: Final = json.dumps([0, 0, [], []])


def heard(stores: Stores, group_arn: str) -> str:
    """What tells whether a dataset group's data has changed: it is another text then."""
    datasets = stores.resources.children(group_arn, Kind.DATASET)
    put_at = [stores.records.newest_at(dataset.arn) for dataset in datasets]
    return json.dumps(
        [
            stores.events.last_sequence(group_arn),
            stores.events.last_sequence(action_stream(group_arn)),
            sorted(part for dataset in datasets for part in dataset.own.get("parts", ())),
            [None if at is None else at.isoformat() for at in put_at],
        ]
    )


def tells_news(told: str, before: str | None, *, of_interactions: bool) -> bool:
    """Whether a group's data has changed since a training heard it.

    Args:
        told: What `heard` says now.
        before: What it said then; None: there was no training, and any data is news.
        of_interactions: Changes of other data do not count.
    """
    return _known(told, of_interactions) != _known(before or _NOTHING, of_interactions)


def _known(told: str, of_interactions: bool) -> list[Any]:
    """What counts of a text; older versions wrote it without the events on actions."""
    written: list[Any] = json.loads(told)
    *n_events, parts, put_at = written
    events, action_events = [*n_events, 0][:2]
    if of_interactions:
        kept = [one for one in parts if PurePosixPath(one).parent.name in _OF_INTERACTIONS]
        return [events, action_events, kept]
    return [events, action_events, parts, [at for at in put_at if at is not None]]
