"""What may not be done to a resource, whatever its kind, because of its kind, status or users."""

from collections.abc import Sequence

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.errors import InvalidInputException, ResourceInUseException
from penchant.domain.resources import Resource


def refuse_other_kind(resource: Resource, kind: Kind) -> None:
    """Refuse an ARN of another kind than a member takes.

    Raises:
        InvalidInputException: The resource is not of this kind.
    """
    if resource.kind is not kind:
        raise InvalidInputException(
            f"{resource.arn} is the ARN of {_a(resource.kind)}; give that of {_a(kind)}."
        )


def refuse_unready(resource: Resource) -> None:
    """Refuse to build on what is not ready.

    Raises:
        ResourceInUseException: It is still being made, or on its way out.
        InvalidInputException: It has failed.
    """
    if resource.status in {statuses.CREATE_FAILED, statuses.CREATE_STOPPED}:
        raise InvalidInputException(
            f"{resource.arn} is {resource.status}; create another {resource.kind.value} and use "
            "that."
        )
    if resource.status not in {"", statuses.ACTIVE}:
        raise ResourceInUseException(
            f"{resource.arn} is {resource.status}; wait until it is {statuses.ACTIVE}."
        )


def refuse_unfinished(resource: Resource) -> None:
    """Refuse to delete what is still being made.

    Raises:
        ResourceInUseException: The resource has not reached a final status.
    """
    if resource.status in statuses.UNFINISHED:
        raise ResourceInUseException(
            f"{resource.arn} is {resource.status}; it can be deleted once that has ended."
        )


def refuse_in_use(arn: str, users: Sequence[Resource]) -> None:
    """Refuse to delete what others stand on.

    Raises:
        ResourceInUseException: `users` is not empty.
    """
    if users:
        raise ResourceInUseException(
            f"{arn} is in use by {users[0].arn}"
            + (f" and {len(users) - 1} more" if len(users) > 1 else "")
            + "; delete what uses it first."
        )


def refuse_busy(resource: Resource, others: Sequence[Resource]) -> None:
    """Refuse to change what others are being made from.

    Raises:
        ResourceInUseException: One of `others` has not reached a final status.
    """
    busy = [other for other in others if other.status in statuses.UNFINISHED]
    if busy:
        raise ResourceInUseException(
            f"{resource.arn} is in use: {busy[0].arn} is {busy[0].status}; wait until it has ended."
        )


def _a(kind: Kind) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value}"
