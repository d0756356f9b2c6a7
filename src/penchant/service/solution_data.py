"""What can be said of a solution's data when it is created: the schemas that are there already."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from penchant.data.objectives import objective_field
from penchant.data.schemas import parse_schema
from penchant.domain.arns import Kind
from penchant.domain.datasets import ITEMS, type_of
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.service.ledger import Ledger


def check_objective(
    ledger: Ledger, group: Resource, config: Mapping[str, Any], tx: Connection
) -> None:
    """Check that an `optimizationObjective` names a numeric column of the items.

    Where the group has no Items dataset yet, the training checks it.

    Raises:
        InvalidInputException: `itemAttribute` is missing, or no such column.
    """
    if "optimizationObjective" not in config:
        return
    where = "solutionConfig.optimizationObjective"
    column = config["optimizationObjective"].get("itemAttribute")
    if column is None:
        raise InvalidInputException(
            f"{where} has no itemAttribute; name the numeric column of the items to be raised."
        )
    for dataset in ledger.resources.children(group.arn, Kind.DATASET, tx=tx):
        schema = ledger.resources.get(dataset.sent["schemaArn"], tx=tx)
        if type_of(dataset) != ITEMS or schema is None:
            continue
        try:
            objective_field(parse_schema(schema.sent["schema"]), column)
        except ValueError as error:
            raise InvalidInputException(f"{where}: {error}.") from error
