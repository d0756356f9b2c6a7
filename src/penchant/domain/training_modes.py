"""How a solution version came to be."""

from collections.abc import Iterable
from enum import StrEnum

from penchant.domain import statuses
from penchant.domain.resources import Resource


class TrainingMode(StrEnum):
    """The words of `trainingMode`."""

    FULL = "FULL"
    UPDATE = "UPDATE"
    """Goes on from the newest version that was trained in full."""
    AUTOTRAIN = "AUTOTRAIN"
    """In full, though nobody asked for it."""


def trained_in_full(version: Resource) -> bool:
    """Whether it learned, or will learn, anew; so does whatever has no training mode."""
    return version.sent.get("trainingMode") != TrainingMode.UPDATE


def newest_in_full(versions: Iterable[Resource]) -> Resource | None:
    """The newest version that is ACTIVE and was trained in full; `versions` are newest first."""
    full = (one for one in versions if one.status == statuses.ACTIVE and trained_in_full(one))
    return next(full, None)
