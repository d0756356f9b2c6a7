"""What every resource of the API has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from penchant.domain.arns import Kind, Owner


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, as it is kept.

    Attributes:
        arn: Its key.
        kind: Which sort of resource it is.
        owner: Account and region; all else is invisible to the owner's callers.
        name: The name its creator gave it; not always the end of the ARN (datasets).
        status: A word of `penchant.domain.statuses`; ACTIVE for schemas, which show none.
        parent_arn: What it belongs to and is listed under: a dataset's group, an import job's
            dataset, the solution of a version or a campaign. Empty at the top.
        sent: The API members that its creator sent, unchanged, under the API's names.
        own: What Penchant keeps beside them (artifact paths, metrics), never sent out as it is.
        alias: A second unique key, such as an event tracker's tracking id; empty for none.
        failure_reason: Why it failed, for a person; empty where it did not.
        created_at, updated_at: Aware UTC datetimes.
    """

    arn: str
    kind: Kind
    owner: Owner
    name: str
    status: str
    created_at: datetime
    updated_at: datetime
    parent_arn: str = ""
    sent: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    alias: str = ""
    failure_reason: str = ""

    def changed(self, now: datetime, **values: Any) -> "Resource":
        """A copy with other values and `updated_at` set to `now`."""
        return replace(self, updated_at=now, **values)


def utc_now() -> datetime:
    """The present moment; services take it as a parameter so that tests can set it."""
    return datetime.now(UTC)
