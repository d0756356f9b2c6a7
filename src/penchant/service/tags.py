"""Tags: `TagResource`, `UntagResource`, `ListTagsForResource`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from penchant.domain.arns import Kind, in_partition, public
from penchant.domain.callers import Caller
from penchant.domain.errors import (
    InvalidInputException,
    ResourceNotFoundException,
    TooManyTagKeysException,
)
from penchant.domain.resources import Resource
from penchant.service.ledger import Ledger
from penchant.service.tag_rules import MAX_TAGS, checked_tags, refuse_too_many

_UNTAGGABLE: Final = frozenset({Kind.SCHEMA, Kind.METRIC_ATTRIBUTION})
_PUBLIC: Final = public("", "").removesuffix("/")


class TagOperations:
    """Tags on everything that can carry them.

    Schemas and metric attributions cannot, nor what belongs to the service itself, as recipes do.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def tag_resource(
        self, caller: Caller, *, resource_arn: str, tags: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        """Add tags; a key that is there already gets the new value."""
        added = checked_tags(tags)
        with self._ledger.resources.transaction() as tx:
            resource = self._taggable(caller, resource_arn, tx)
            refuse_too_many(len(self._ledger.tags.of(resource.arn, tx=tx) | added))
            self._ledger.tags.put(tx, resource.arn, added)
        return {}

    def untag_resource(
        self, caller: Caller, *, resource_arn: str, tag_keys: Sequence[str]
    ) -> dict[str, Any]:
        """Take tags off; keys that are not there are passed over."""
        if len(tag_keys) > MAX_TAGS:
            raise TooManyTagKeysException(
                f"{len(tag_keys)} tag keys in one request; a resource has at most {MAX_TAGS}."
            )
        with self._ledger.resources.transaction() as tx:
            self._ledger.tags.drop(tx, self._taggable(caller, resource_arn, tx).arn, list(tag_keys))
        return {}

    def list_tags_for_resource(self, caller: Caller, *, resource_arn: str) -> dict[str, Any]:
        """All tags of a resource."""
        tags = self._ledger.tags.of(self._taggable(caller, resource_arn).arn)
        return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}

    def _taggable(self, caller: Caller, arn: str, tx: Connection | None = None) -> Resource:
        plain = in_partition(arn)
        if plain.startswith(_PUBLIC):
            raise _no_tags(arn, plain.removeprefix(_PUBLIC).partition("/")[0])
        resource = self._ledger.resources.get(arn, tx=tx)
        if resource is None or resource.owner != caller.owner:
            raise ResourceNotFoundException.of(arn)
        if resource.kind in _UNTAGGABLE:
            raise _no_tags(arn, resource.kind.value)
        return resource


def _no_tags(arn: str, word: str) -> InvalidInputException:
    return InvalidInputException(
        f"{arn} cannot carry tags, as no {word} can; tag a dataset group or what is in it."
    )
