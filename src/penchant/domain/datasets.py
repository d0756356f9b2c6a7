"""The datasets of a group: their types, and how an import adds to one."""

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


def type_of(dataset: Resource) -> str:
    """One of `TYPES`, in whatever case its creator wrote it."""
    return str(dataset.sent["datasetType"]).upper()


def action_stream(group_arn: str) -> str:
    """The stream of a group's interactions with actions: the ARN of their dataset."""
    front, _, name = group_arn.partition(":dataset-group/")
    return f"{front}:dataset/{name}/{ACTION_INTERACTIONS}"
