"""What comes in as it happens: PutEvents, PutItems, PutUsers, PutActions."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from penchant.data.fields import Schema
from penchant.data.schemas import parse_schema
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.datasets import ACTIONS, ITEMS, USERS, type_of
from penchant.domain.errors import (
    InvalidInputException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from penchant.domain.identifiers import Uuids
from penchant.domain.resources import Resource
from penchant.service.event_reading import read_event
from penchant.service.event_writing import write_down
from penchant.service.record_reading import read_record
from penchant.serving.trusted import Trusted
from penchant.store.events import EventLog
from penchant.store.records import Records
from penchant.store.resources import Resources


class Events:
    """Takes events into the log and records into their datasets.

    Args:
        resources: Where trackers, datasets and schemas are kept.
        events: The log; an answered event is on disk.
        records: Individually put items, users and actions.
        clock: The present moment.
        monotonic: Seconds that never run backwards; a tracker is trusted for half a second.
    """

    def __init__(
        self,
        resources: Resources,
        events: EventLog,
        records: Records,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resources = resources
        self._events = events
        self._records = records
        self._clock = clock
        self._new_id = Uuids()
        self._trackers = Trusted(monotonic)

    async def put_events(
        self,
        caller: Caller,
        *,
        tracking_id: str,
        session_id: str,
        event_list: Sequence[Mapping[str, Any]],
        user_id: str | None = None,
    ) -> dict[str, Any]:
        """Write down events of one session, all or, where one cannot be taken, none."""
        tracker = await self._tracker(caller, tracking_id)
        read = [read_event(sent, session_id, user_id, self._new_id) for sent in event_list]
        await write_down(self._events, tracker.parent_arn, read)
        return {}

    def put_items(
        self, caller: Caller, *, dataset_arn: str, items: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Add items, or replace those with the same id; all of them or none."""
        return self._put(caller, dataset_arn, items, "itemId", ITEMS)

    def put_users(
        self, caller: Caller, *, dataset_arn: str, users: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Add users, or replace those with the same id; all of them or none."""
        return self._put(caller, dataset_arn, users, "userId", USERS)

    def put_actions(
        self, caller: Caller, *, dataset_arn: str, actions: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Add actions, or replace those with the same id; all of them or none."""
        return self._put(caller, dataset_arn, actions, "actionId", ACTIONS)

    def _put(
        self,
        caller: Caller,
        dataset_arn: str,
        sent: Sequence[Mapping[str, Any]],
        id_member: str,
        dataset_type: str,
    ) -> dict[str, Any]:
        dataset = self._dataset(caller, dataset_arn, dataset_type)
        schema = self._schema(dataset)
        read = dict(read_record(one, schema, id_member) for one in sent)
        with self._resources.transaction() as tx:
            self._records.put(tx, dataset_arn, read, self._clock())
        return {}

    async def _tracker(self, caller: Caller, tracking_id: str) -> Resource:
        tracker, read_at = self._trackers.find(tracking_id), self._trackers.now()
        if tracker is not None and tracker.owner == caller.owner:
            return tracker
        tracker = await asyncio.to_thread(self._resources.by_alias, tracking_id)
        if (
            tracker is None
            or tracker.owner != caller.owner
            or tracker.kind is not Kind.EVENT_TRACKER
        ):
            raise InvalidInputException(
                f"trackingId {tracking_id!r} belongs to no event tracker; "
                "DescribeEventTracker shows the tracking id."
            )
        if tracker.status != statuses.ACTIVE:
            raise InvalidInputException(
                f"{tracker.arn} is {tracker.status}; wait until it is {statuses.ACTIVE}."
            )
        self._trackers.keep(tracking_id, tracker, read_at)
        return tracker

    def _dataset(self, caller: Caller, arn: str, dataset_type: str) -> Resource:
        dataset = self._resources.get(arn)
        if dataset is None or dataset.owner != caller.owner:
            raise ResourceNotFoundException.of(arn)
        if dataset.kind is not Kind.DATASET or type_of(dataset) != dataset_type:
            raise InvalidInputException(
                f"{arn} is not a dataset of type {dataset_type}; give the ARN of one."
            )
        if dataset.status != statuses.ACTIVE:
            raise ResourceInUseException(
                f"{arn} is {dataset.status}; wait until it is {statuses.ACTIVE}."
            )
        return dataset

    def _schema(self, dataset: Resource) -> Schema:
        schema = self._resources.get(dataset.sent["schemaArn"])
        if schema is None:
            raise ResourceNotFoundException.of(dataset.sent["schemaArn"])
        return parse_schema(schema.sent["schema"])
