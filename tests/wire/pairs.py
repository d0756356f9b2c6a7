"""Every (operation, error) pair of the models: how it is provoked, or why it cannot be."""

from collections.abc import Iterable

from penchant.protocol.catalogue import Operation

from .provocations import WAYS, Way

Pair = tuple[str, str]

_TAGS = "tags can be read and changed whatever the state of what carries them"
UNPROVOKED: dict[Pair, str] = {
    ("TagResource", "ResourceInUseException"): _TAGS,
    ("UntagResource", "ResourceInUseException"): _TAGS,
    ("ListTagsForResource", "ResourceInUseException"): _TAGS,
    ("TagResource", "LimitExceededException"): "the only bound is TooManyTagsException",
    ("StopSolutionVersionCreation", "ResourceInUseException"): "a version that cannot be stopped, "
    "in whatever state, is InvalidInputException",
    ("CreateDataset", "LimitExceededException"): "a second dataset of a type is "
    "ResourceAlreadyExistsException, and there are no more types",
    ("CreateEventTracker", "LimitExceededException"): "a second tracker of a dataset group is "
    "ResourceAlreadyExistsException",
    ("CreateMetricAttribution", "LimitExceededException"): "a second one of a dataset group is "
    "ResourceAlreadyExistsException, and the model itself bounds the metrics",
    ("CreateDatasetExportJob", "LimitExceededException"): "no quota is set for exports",
    ("UpdateSolution", "LimitExceededException"): "an update makes nothing that is counted",
}
"""Pairs that no request leads to, and why."""


def pairs(operations: Iterable[Operation]) -> list[Pair]:
    """Every pair that the models list."""
    return [(one.name, error) for one in operations for error in sorted(one.error_names)]


def ways(operation: Operation, error: str) -> list[Way]:
    """How a pair is provoked; empty where it is not."""
    if (operation.name, error) in UNPROVOKED:
        return []
    return [way for way in WAYS if way.error == error and way.fits(operation)]
