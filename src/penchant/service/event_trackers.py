"""Event trackers: create, describe, list, delete."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import ResourceAlreadyExistsException
from penchant.domain.resources import Resource
from penchant.service.ledger import Ledger
from penchant.service.rendering import rendered, summary


class EventTrackerOperations:
    """A dataset group's one event tracker; its tracking id is what `PutEvents` names."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_event_tracker(
        self,
        caller: Caller,
        *,
        name: str,
        dataset_group_arn: str,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Create the group's tracker; it takes events at once."""
        tracking_id = str(uuid.uuid4())
        sent = {"name": name, "datasetGroupArn": dataset_group_arn, "trackingId": tracking_id}
        with self._ledger.resources.transaction() as tx:
            group = self._ledger.find_active(caller, dataset_group_arn, Kind.DATASET_GROUP, tx)
            self._refuse_second(group, tx)
            resource = self._ledger.write_down(
                tx,
                caller,
                Kind.EVENT_TRACKER,
                name,
                sent=sent,
                arn_name=uuid.uuid4().hex[:8],
                parent_arn=group.arn,
                alias=tracking_id,
                tags=tags,
            )
        return {"eventTrackerArn": resource.arn, "trackingId": tracking_id}

    def describe_event_tracker(self, caller: Caller, *, event_tracker_arn: str) -> dict[str, Any]:
        """One event tracker."""
        tracker = self._ledger.find(caller, event_tracker_arn, Kind.EVENT_TRACKER)
        whole = rendered(tracker, without=["failureReason"])
        return {"eventTracker": {**whole, "accountId": tracker.owner.account}}

    def list_event_trackers(
        self,
        caller: Caller,
        *,
        dataset_group_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Event trackers of a group, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.EVENT_TRACKER,
            "eventTrackers",
            _summary,
            parent_arn=dataset_group_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def delete_event_tracker(self, caller: Caller, *, event_tracker_arn: str) -> dict[str, Any]:
        """Delete a tracker; the events it took stay in the dataset."""
        with self._ledger.resources.transaction() as tx:
            tracker = self._ledger.find(caller, event_tracker_arn, Kind.EVENT_TRACKER, tx)
            self._ledger.take_out(tx, tracker)
        return {}

    def _refuse_second(self, group: Resource, tx: Connection) -> None:
        there = self._ledger.resources.children(group.arn, Kind.EVENT_TRACKER, tx=tx)
        if there:
            raise ResourceAlreadyExistsException(
                f"{group.arn} has an event tracker already: {there[0].arn}. "
                "Use its tracking id, or delete it first."
            )


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "name", without=["failureReason"])
