"""Resources as Describe and List show them."""

from collections.abc import Sequence
from typing import Any

from penchant.domain.arns import Kind, in_partition
from penchant.domain.resources import Resource
from penchant.service.defaults import with_defaults


def arn_member(kind: Kind) -> str:
    """The member that carries a kind's ARN: `datasetGroupArn` for dataset-group."""
    first, *rest = kind.value.split("-")
    return first + "".join(word.capitalize() for word in rest) + "Arn"


def rendered(resource: Resource, *, without: Sequence[str] = ()) -> dict[str, Any]:
    """A resource as Describe shows it: what was sent or is so by default, ARN, status, times."""
    whole = {
        **with_defaults(resource.kind, resource.sent),
        arn_member(resource.kind): resource.arn,
        "status": resource.status or None,
        "failureReason": resource.failure_reason or None,
        "creationDateTime": resource.created_at,
        "lastUpdatedDateTime": resource.updated_at,
    }
    if "recipeArn" in whole:
        whole["recipeArn"] = in_partition(whole["recipeArn"], resource.owner.partition)
    return {member: value for member, value in whole.items() if member not in without}


def summary(resource: Resource, *members: str, without: Sequence[str] = ()) -> dict[str, Any]:
    """A resource as a list shows it; `members` are those of `sent` to take along."""
    whole = rendered(resource, without=without)
    always = ("status", "failureReason", "creationDateTime", "lastUpdatedDateTime")
    kept = (arn_member(resource.kind), *members, *always)
    return {member: whole[member] for member in kept if member in whole}
