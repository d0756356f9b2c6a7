"""The schemas that a dataset group's datasets have now."""

from sqlalchemy import Connection

from penchant.data.fields import Schema
from penchant.data.schemas import parse_schema
from penchant.domain.arns import Kind
from penchant.domain.resources import Resource
from penchant.store.resources import Resources


def schemas_of(resources: Resources, group: Resource, tx: Connection) -> dict[str, Schema]:
    """The schemas by their record's name: `Items`, `ActionInteractions`."""
    found = {}
    for dataset in resources.children(group.arn, Kind.DATASET, tx):
        resource = resources.get(dataset.sent["schemaArn"], tx)
        if resource is not None:
            schema = parse_schema(resource.sent["schema"])
            found[schema.rules.record] = schema
    return found
