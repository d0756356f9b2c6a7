"""Schemas: `CreateSchema`, `DescribeSchema`, `ListSchemas`, `DeleteSchema`."""

from typing import Any, Final

from penchant.data.schemas import parse_schema
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.service.ledger import Ledger
from penchant.service.refusals import refuse_in_use
from penchant.service.rendering import rendered

_ABSENT: Final = ("status", "failureReason")  # schemas have neither


class SchemaOperations:
    """Schemas never change and have no status: they can be used at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_schema(
        self, caller: Caller, *, name: str, schema: str, domain: str | None = None
    ) -> dict[str, Any]:
        """Keep an Avro schema, byte for byte, after checking it, by its domain's rules too."""
        try:
            parse_schema(schema, domain or "")
        except ValueError as error:
            raise InvalidInputException(f"Schema {name!r} is not valid: {error}") from error
        with self._ledger.resources.transaction() as tx:
            resource = self._ledger.write_down(
                tx,
                caller,
                Kind.SCHEMA,
                name,
                sent={"name": name, "schema": schema, "domain": domain},
            )
        return {"schemaArn": resource.arn}

    def describe_schema(self, caller: Caller, *, schema_arn: str) -> dict[str, Any]:
        """One schema with its text."""
        schema = self._ledger.find(caller, schema_arn, Kind.SCHEMA)
        return {"schema": rendered(schema, without=_ABSENT)}

    def list_schemas(
        self, caller: Caller, *, next_token: str | None = None, max_results: int | None = None
    ) -> dict[str, Any]:
        """All schemas of the caller."""
        return self._ledger.listed(
            caller,
            Kind.SCHEMA,
            "schemas",
            _summary,
            next_token=next_token,
            max_results=max_results,
        )

    def delete_schema(self, caller: Caller, *, schema_arn: str) -> dict[str, Any]:
        """Delete a schema that no dataset uses."""
        with self._ledger.resources.transaction() as tx:
            resource = self._ledger.hold(tx, caller, schema_arn, Kind.SCHEMA, to_remove=True)
            datasets = self._ledger.every(caller, Kind.DATASET, tx)
            refuse_in_use(
                schema_arn, [one for one in datasets if one.sent["schemaArn"] == schema_arn]
            )
            self._ledger.take_out(tx, resource)
        return {}


def _summary(resource: Resource) -> dict[str, Any]:
    return rendered(resource, without=["schema", *_ABSENT])
