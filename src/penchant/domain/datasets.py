"""The datasets of a group: their types, and how an import adds to one."""

from collections.abc import Iterable
from typing import Final

from penchant.domain.resources import Resource

INTERACTIONS: Final = "INTERACTIONS"
ITEMS: Final = "ITEMS"
USERS: Final = "USERS"
ACTIONS: Final = "ACTIONS"
ACTION_INTERACTIONS: Final = "ACTION_INTERACTIONS"
TYPES: Final = (INTERACTIONS, ITEMS, USERS, ACTIONS, ACTION_INTERACTIONS)

FULL: Final = "FULL"
"""The mode of an import that replaces what earlier ones brought."""
INCREMENTAL: Final = "INCREMENTAL"
"""The mode of an import that adds to it."""
BULK: Final = "BULK"
"""What imports brought, to be exported."""
PUT: Final = "PUT"
"""What was put one by one, to be exported."""
ALL: Final = "ALL"
"""Both, to be exported."""
SCRATCH: Final = "scratch"
"""The folder of work in progress, below the data folder; what lies there for long is swept."""
INDEX_SUFFIX: Final = ".past"
"""Ends the name of the index of an imported file of interactions."""
DETAILS_SUFFIX: Final = ".details"
"""Ends the name of the index of an imported file of items."""


def type_of(dataset: Resource) -> str:
    """One of `TYPES`; rows written by older releases have it in the case that was sent."""
    return str(dataset.sent["datasetType"]).upper()


def files_of(parts: Iterable[str]) -> list[str]:
    """Imported files and what lies beside them: who did what, what is told of items."""
    endings = ("", INDEX_SUFFIX, DETAILS_SUFFIX)
    return [part + ending for part in parts for ending in endings]


def folder_of(dataset: Resource) -> str:
    """Where a dataset's files lie, relative to the data folder."""
    account, region = dataset.owner.account, dataset.owner.region
    return f"datasets/{account}/{region}/{dataset.arn.split('/', 1)[1]}"


def dataset_arn(group_arn: str, dataset_type: str) -> str:
    """The ARN that a group's dataset of a type has, or would have."""
    front, _, name = group_arn.partition(":dataset-group/")
    return f"{front}:dataset/{name}/{dataset_type}"


def action_stream(group_arn: str) -> str:
    """The stream of a group's interactions with actions: the ARN of their dataset."""
    return dataset_arn(group_arn, ACTION_INTERACTIONS)
