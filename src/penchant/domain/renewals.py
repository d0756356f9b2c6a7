"""What a solution version or a recommender keeps of its renewals, in `own["renewal"]`.

Words:
    artifact: what it answers with instead of what the training left
    former: the artifact before that, which may still be in use
    heard: what its dataset group held when that artifact was asked for
    at: when a renewal last ended, well or badly
    failures: how many have failed since one that did not; absent where none has
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from penchant.domain.resources import Resource
from penchant.domain.retries import pause


def renewal_of(resource: Resource) -> Mapping[str, Any]:
    """What a resource keeps; nothing before its first renewal has ended."""
    kept: Mapping[str, Any] = resource.own.get("renewal") or {}
    return kept


def renewed(resource: Resource, artifact: str, heard: str, now: datetime) -> dict[str, Any]:
    """What it keeps of a renewal that wrote an artifact."""
    former = renewal_of(resource).get("artifact", "")
    return {"artifact": artifact, "former": former, "heard": heard, "at": now.isoformat()}


def failed(resource: Resource, now: datetime) -> dict[str, Any]:
    """What it keeps of a renewal that failed: what there was before, and that it did."""
    kept = renewal_of(resource)
    return {**kept, "at": now.isoformat(), "failures": kept.get("failures", 0) + 1}


def next_at(resource: Resource, trained_at: datetime, every: timedelta) -> datetime:
    """When the next renewal is due, should something have come until then.

    Args:
        resource: A solution version or a recommender.
        trained_at: When its training ended, which is what the first renewal is counted from.
        every: The time between two renewals; one that failed is tried again sooner.
    """
    kept = renewal_of(resource)
    last: datetime = datetime.fromisoformat(kept["at"]) if kept else trained_at
    return last + pause(kept.get("failures", 0), every)
