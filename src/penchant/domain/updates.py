"""Updates of resources: each has a status of its own, beside the resource's.

An update holds its members under the API's names, `status`, `failureReason` where it failed, and
`createdAt` and `updatedAt`. A resource keeps its last one as `own["update"]`; a dataset all of
them, oldest first, as `own["updates"]`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from penchant.domain import statuses
from penchant.domain.resources import Resource


def new_update(
    now: datetime, *, status: str = statuses.CREATE_PENDING, **members: Any
) -> dict[str, Any]:
    """An update that was asked for `now`."""
    return {
        **members,
        "status": status,
        "createdAt": now.isoformat(),
        "updatedAt": now.isoformat(),
    }


def last_update(resource: Resource) -> Mapping[str, Any]:
    """The last update of a resource; empty where there was none."""
    return resource.own.get("update") or {}


def is_updating(resource: Resource) -> bool:
    """Whether an update of it has not ended."""
    return last_update(resource).get("status") in statuses.UNFINISHED


def settled_update(
    resource: Resource, status: str, now: datetime, reason: str = ""
) -> dict[str, Any]:
    """The last update with another status."""
    settled = {"status": status, "failureReason": reason or None, "updatedAt": now.isoformat()}
    return {**last_update(resource), **settled}


def shown_update(update: Mapping[str, Any]) -> dict[str, Any] | None:
    """An update as Describe shows it; None for the empty one."""
    if not update:
        return None
    created, updated = (update.get(name) or update["at"] for name in ("createdAt", "updatedAt"))
    kept = {name: value for name, value in update.items() if name not in _MOMENTS}
    return {
        "status": statuses.ACTIVE,
        **kept,
        "creationDateTime": datetime.fromisoformat(created),
        "lastUpdatedDateTime": datetime.fromisoformat(updated),
    }


_MOMENTS = frozenset({"createdAt", "updatedAt", "at"})
"""Once an update that ended at once had one moment, `at`."""
