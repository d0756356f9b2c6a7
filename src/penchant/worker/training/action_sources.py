"""Gathers actions and what users did about them, for the recipes that recommend actions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from penchant.custom_recipes import catalogue_of
from penchant.data.action_assembly import ActionColumns, with_actions
from penchant.data.datasets import Dataset
from penchant.data.training_set import TrainingSet
from penchant.domain.datasets import ACTION_INTERACTIONS, ACTIONS, action_stream
from penchant.domain.recipes import RecipeType
from penchant.domain.resources import Resource
from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.tasks import TaskFailure
from penchant.worker.training.sessions import Sessions, is_anonymous


def gather_actions(
    stores: Stores,
    settings: Settings,
    version: Resource,
    kept: Mapping[str, Dataset],
    training_set: TrainingSet,
    spill: Path,
    excluded_columns: Mapping[str, Sequence[str]],
    sessions: Sessions,
) -> TrainingSet:
    """The training set with actions, where the version's recipe recommends any.

    Whom `sessions` heard of is who did what anonymous sessions did about actions.

    Raises:
        TaskFailure: The dataset group has no actions dataset.
    """
    entry = catalogue_of(settings).find(version.sent.get("recipeArn") or "")
    if entry is None or entry.recipe_type is not RecipeType.PERSONALIZED_ACTIONS:
        return training_set
    group_arn = version.sent["datasetGroupArn"]
    actions = kept.get(ACTIONS)
    if actions is None:
        raise TaskFailure(f"{group_arn} has no actions dataset; create one and import actions.")
    return with_actions(
        training_set,
        actions,
        kept.get(ACTION_INTERACTIONS),
        _streamed(stores, group_arn, sessions),
        excluded_columns=excluded_columns,
        memory_bytes=settings.import_memory_bytes,
        threads=settings.training_threads,
        spill=spill,
    )


def _streamed(stores: Stores, group_arn: str, sessions: Sessions) -> ActionColumns | None:
    stream = action_stream(group_arn)
    upto = stores.events.last_sequence(stream)
    rows = []
    for batch in stores.events.scan(stream, upto=upto):
        for event in batch:
            sessions.hear(event)
            unnamed = is_anonymous(event)
            rows.append((event.user_id, unnamed, event.item_id, event.timestamp, event.event_type))
    if not rows:
        return None
    columns: Any = zip(*rows, strict=True)
    user_ids, anonymous, action_ids, timestamps, types = columns
    users = sessions.users_of(user_ids, timestamps, anonymous)
    return ActionColumns(users, action_ids, timestamps, types)
