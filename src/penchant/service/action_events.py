"""What users do about actions, as it happens: PutActionInteractions."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from penchant.data.actions import EVENT_TYPES, event_type_of
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import (
    InvalidInputException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from penchant.domain.identifiers import Uuids
from penchant.domain.resources import Resource
from penchant.service.event_reading import read_event_properties, read_time
from penchant.service.event_writing import write_down
from penchant.serving.trusted import Trusted
from penchant.store.events import Event, EventLog
from penchant.store.resources import Resources


class ActionEvents:
    """Takes interactions with actions into the stream of their dataset.

    Args:
        resources: Where datasets are kept; the tracking id of one is its alias.
        events: The log; an answered interaction is on disk.
        monotonic: Seconds that never run backwards; a dataset is trusted for half a second.
    """

    def __init__(
        self,
        resources: Resources,
        events: EventLog,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resources = resources
        self._events = events
        self._new_id = Uuids()
        self._datasets = Trusted(monotonic)

    async def put_action_interactions(
        self,
        caller: Caller,
        *,
        tracking_id: str,
        action_interactions: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:
        """Write down interactions, all or, where one cannot be taken, none."""
        dataset = await self._dataset(caller, tracking_id)
        read = [read_action_interaction(sent, self._new_id) for sent in action_interactions]
        await write_down(self._events, dataset.arn, read)
        return {}

    async def _dataset(self, caller: Caller, tracking_id: str) -> Resource:
        dataset, read_at = self._datasets.find(tracking_id), self._datasets.now()
        if dataset is not None and dataset.owner == caller.owner:
            return dataset
        dataset = await asyncio.to_thread(self._resources.by_alias, tracking_id)
        if dataset is None or dataset.owner != caller.owner or dataset.kind is not Kind.DATASET:
            raise ResourceNotFoundException(
                f"trackingId {tracking_id!r} belongs to no action interactions dataset; "
                "DescribeDataset shows the tracking id of one."
            )
        if dataset.status != statuses.ACTIVE:
            raise ResourceInUseException(
                f"{dataset.arn} is {dataset.status}; wait until it is {statuses.ACTIVE}."
            )
        self._datasets.keep(tracking_id, dataset, read_at)
        return dataset


def read_action_interaction(sent: Mapping[str, Any], new_id: Callable[[], str]) -> Event:
    """Read one member of `actionInteractions`; the log keeps the action where items have theirs.

    Raises:
        InvalidInputException: A value cannot be taken; the text names it.
    """
    kind = event_type_of(sent["eventType"])
    if kind is None:
        raise InvalidInputException(
            f"eventType is {sent['eventType']!r}; give Taken, Not Taken or Viewed."
        )
    return Event(
        user_id=sent.get("userId") or sent["sessionId"],
        item_id=sent["actionId"],
        timestamp=read_time(sent["timestamp"], "timestamp"),
        event_type=EVENT_TYPES[kind],
        session_id=sent["sessionId"],
        event_id=sent.get("eventId") or new_id(),
        recommendation_id=sent.get("recommendationId"),
        impression=tuple(sent.get("impression") or ()),
        properties=read_event_properties(sent.get("properties")),
    )
