"""Tells whether the data of a dataset group is still what a training heard."""

import json

from penchant.domain.arns import Kind
from penchant.domain.datasets import action_stream
from penchant.store.stores import Stores


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
