"""What can be said of a solution's data when it is created: the schemas that are there already."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from penchant.data.fields import Schema
from penchant.data.objectives import objective_field
from penchant.data.rules import ITEMS, excluded_columns, included_columns
from penchant.data.schemas import parse_schema
from penchant.domain.arns import Kind
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.service.ledger import Ledger


def check_data(ledger: Ledger, group: Resource, config: Mapping[str, Any], tx: Connection) -> None:
    """Check the columns that a solution names against the schemas of its dataset group.

    What is named of a dataset that the group does not have yet is left to the training.

    Raises:
        InvalidInputException: `optimizationObjective` names no numeric column of the items, or
            `trainingDataConfig` names a column that is not there.
    """
    if "optimizationObjective" in config:
        schemas = _schemas(ledger, group, tx)
        _check_objective(schemas, config["optimizationObjective"].get("itemAttribute"))
    check_columns(ledger, group, config.get("trainingDataConfig", {}), "solutionConfig", tx)


def check_columns(
    ledger: Ledger, group: Resource, config: Mapping[str, Any], member: str, tx: Connection
) -> None:
    """Check the columns that a `trainingDataConfig` names against the schemas there are.

    Args:
        ledger: Where the schemas are.
        group: Whose datasets have them.
        config: The `trainingDataConfig`.
        member: What it is a member of.
        tx: The transaction that is to see them.

    Raises:
        InvalidInputException: A column is not there.
    """
    _check_columns(_schemas(ledger, group, tx), config, f"{member}.trainingDataConfig")


def _schemas(ledger: Ledger, group: Resource, tx: Connection) -> dict[str, Schema]:
    """The schemas of a group's datasets, by their record's name."""
    found = {}
    for dataset in ledger.resources.children(group.arn, Kind.DATASET, tx=tx):
        resource = ledger.resources.get(dataset.sent["schemaArn"], tx=tx)
        if resource is not None:
            schema = parse_schema(resource.sent["schema"])
            found[schema.rules.record] = schema
    return found


def _check_objective(schemas: Mapping[str, Schema], column: str | None) -> None:
    where = "solutionConfig.optimizationObjective"
    if column is None:
        raise InvalidInputException(
            f"{where} has no itemAttribute; name the numeric column of the items to be raised."
        )
    if ITEMS.record not in schemas:
        return
    try:
        objective_field(schemas[ITEMS.record], column)
    except ValueError as error:
        raise InvalidInputException(f"{where}: {error}.") from error


def _check_columns(schemas: Mapping[str, Schema], config: Mapping[str, Any], where: str) -> None:
    for member, read in (
        ("excludedDatasetColumns", excluded_columns),
        ("includedDatasetColumns", included_columns),
    ):
        for record, names in read(config.get(member, {})).items():
            schema = schemas.get(record)
            unknown = sorted(one for one in names if schema and schema.find(one) is None)
            if schema and unknown:
                raise InvalidInputException(
                    f"{where}.{member}: the schema of {record} has no "
                    f"column {unknown[0]!r}; it has {', '.join(one.name for one in schema.fields)}."
                )
