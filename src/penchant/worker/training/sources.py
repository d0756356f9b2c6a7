"""Gathers what a dataset group holds into a training set."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from penchant.data.assembly import EventColumns, assemble
from penchant.data.datasets import Dataset
from penchant.data.schemas import parse_schema
from penchant.data.training_set import TrainingSet
from penchant.domain.arns import Kind
from penchant.domain.datasets import ITEMS, USERS, type_of
from penchant.domain.resources import Resource
from penchant.settings import Settings
from penchant.store.events import Event
from penchant.store.stores import Stores
from penchant.worker.parts import linked_parts
from penchant.worker.scratch import scratch_of
from penchant.worker.tasks import TaskFailure
from penchant.worker.training.action_sources import gather_actions
from penchant.worker.training.embedding import embedder_of, with_interactions
from penchant.worker.training.known_columns import as_known
from penchant.worker.training.sessions import Sessions, is_anonymous
from penchant.worker.training.wishes import config_of, event_rules, objective


def gather(stores: Stores, settings: Settings, version: Resource) -> TrainingSet:
    """The training set of a solution version: bulk data, streamed events, records put.

    Raises:
        TaskFailure: The dataset group has no interactions dataset, or nothing that the recipe
            needs of the items.
        ValueError: The data does not fit the solution's configuration.
    """
    group_arn = version.sent["datasetGroupArn"]
    columns = config_of(version).get("trainingDataConfig") or {}
    excluded = columns.get("excludedDatasetColumns", {})
    sessions = Sessions()
    with TemporaryDirectory(dir=scratch_of(settings.data_dir)) as folder:
        kept = as_known(stores, version, keep_parts(stores, settings, group_arn, Path(folder)))
        training_set = assemble(
            with_interactions(kept, version),
            users=kept.get(USERS),
            items=kept.get(ITEMS),
            streamed=_events(stores, group_arn, sessions),
            event_rules=event_rules(version),
            excluded_columns=excluded,
            included_columns=columns.get("includedDatasetColumns", {}),
            objective=objective(version),
            memory_bytes=settings.import_memory_bytes,
            threads=settings.training_threads,
            spill=Path(folder),
        )
        training_set = replace(training_set, embedder=embedder_of(settings, version))
        return gather_actions(
            stores, settings, version, kept, training_set, Path(folder), excluded, sessions
        )


def keep_parts(
    stores: Stores, settings: Settings, group_arn: str, folder: Path
) -> dict[str, Dataset]:
    """The group's datasets by type, their files linked into a folder: see `linked_parts`."""
    return {
        type_of(dataset): _keep(stores, settings, dataset, folder)
        for dataset in stores.resources.children(group_arn, Kind.DATASET)
    }


def _keep(stores: Stores, settings: Settings, dataset: Resource, folder: Path) -> Dataset:
    schema = stores.resources.get(dataset.sent["schemaArn"])
    if schema is None:
        raise TaskFailure(f"{dataset.sent['schemaArn']} was deleted; create the dataset anew.")
    put = dict(stores.records.scan(dataset.arn))  # first: an import that outdates some adds a part
    parts = linked_parts(stores, settings.data_dir, dataset.arn, folder)
    return Dataset(parse_schema(schema.sent["schema"]), parts, put)


def _events(stores: Stores, group_arn: str, sessions: Sessions) -> EventColumns | None:
    """The events on items; those on none say nothing that a model learns from.

    Those of an anonymous session are of the user who logged in there, see `Sessions`.
    """
    upto = stores.events.last_sequence(group_arn)
    rows = []
    for batch in stores.events.scan(group_arn, upto=upto):
        for event in batch:
            sessions.hear(event)
            if event.item_id:
                rows.append(_row(event))
    if not rows:
        return None
    user_ids, anonymous, item_ids, timestamps, *rest = zip(*rows, strict=True)
    users = sessions.users_of(user_ids, timestamps, anonymous)
    columns: Any = (item_ids, timestamps, *rest)
    return EventColumns(users, *columns)


def _row(event: Event) -> tuple[Any, ...]:
    return (
        event.user_id,
        is_anonymous(event),
        event.item_id,
        event.timestamp,
        event.event_type,
        event.event_value,
        event.properties,
    )
