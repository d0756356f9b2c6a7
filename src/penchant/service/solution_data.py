"""What can be said of a solution's data when it is created: the schemas that are there already."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from penchant.data.fields import Schema
from penchant.data.objectives import objective_field
from penchant.data.rules import ITEMS, excluded_columns, included_columns
from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.domain.resources import Resource
from penchant.service.group_schemas import schemas_of
from penchant.service.ledger import Ledger


def check_data(ledger: Ledger, group: Resource, config: Mapping[str, Any], tx: Connection) -> None:
    """Check the columns that a solution names against the schemas of its dataset group.

    What is to be raised is left to the training where the group has no items yet.

    Raises:
        InvalidInputException: `optimizationObjective` names no numeric column of the items, or
            `trainingDataConfig` names a dataset or a column that is not there.
    """
    if "optimizationObjective" in config:
        schemas = schemas_of(ledger.resources, group, tx)
        _check_objective(schemas, config["optimizationObjective"].get("itemAttribute"))
    check_columns(ledger, group, config.get("trainingDataConfig", {}), "solutionConfig", tx)


def check_domain(group: Resource, entry: RecipeEntry) -> None:
    """Refuse a recipe for actions in a group of a domain, which can have no actions.

    Raises:
        InvalidInputException: It is one.
    """
    domain = group.sent.get("domain")
    if domain and entry.recipe_type is RecipeType.PERSONALIZED_ACTIONS:
        raise InvalidInputException(
            f"{entry.name} recommends actions, and {group.arn} is of the domain {domain}, which "
            "has none; create the solution in a dataset group without a domain."
        )


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
        InvalidInputException: A dataset or a column is not there.
    """
    schemas = schemas_of(ledger.resources, group, tx)
    for part, read in (
        ("excludedDatasetColumns", excluded_columns),
        ("includedDatasetColumns", included_columns),
    ):
        for record, names in read(config.get(part, {})).items():
            where = f"{member}.trainingDataConfig.{part}"
            if record not in schemas:
                raise InvalidInputException(
                    f"{where}: {group.arn} has no dataset of {record}; create it first, or leave "
                    f"{record} out."
                )
            _check_names(schemas[record], names, where)


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


def _check_names(schema: Schema, names: Collection[str], where: str) -> None:
    unknown = sorted(one for one in names if schema.find(one) is None)
    if unknown:
        raise InvalidInputException(
            f"{where}: the schema of {schema.rules.record} has no column {unknown[0]!r}; it has "
            f"{', '.join(one.name for one in schema.fields)}."
        )
