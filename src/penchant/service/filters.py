"""Filters: create, describe, list, delete."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.filters.checking import check
from penchant.filters.errors import FilterError
from penchant.filters.parsing import parse
from penchant.filters.syntax import Expression, Source
from penchant.service.batch_rules import refuse_busy_filter
from penchant.service.group_schemas import schemas_of
from penchant.service.ledger import Ledger
from penchant.service.rendering import rendered, summary

_SOURCES: Final = {source.value.replace("_", ""): source for source in Source}
"""By the name of the record in the schema."""


class FilterOperations:
    """A filter is an expression that holds for one dataset group; it never changes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_filter(
        self,
        caller: Caller,
        *,
        name: str,
        dataset_group_arn: str,
        filter_expression: str,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Check an expression against the group's schemas and keep it; it is ACTIVE at once."""
        sent = {
            "name": name,
            "datasetGroupArn": dataset_group_arn,
            "filterExpression": filter_expression,
        }
        with self._ledger.resources.transaction() as tx:
            group = self._ledger.find_active(caller, dataset_group_arn, Kind.DATASET_GROUP, tx)
            expression = self._checked(filter_expression, group, tx)
            resource = self._ledger.write_down(
                tx, caller, Kind.FILTER, name, sent=sent, parent_arn=group.arn, tags=tags
            )
            self._ledger.quotas.check_fields(expression, self._all_of(group, tx))
        return {"filterArn": resource.arn}

    def describe_filter(self, caller: Caller, *, filter_arn: str) -> dict[str, Any]:
        """One filter with its expression."""
        return {"filter": rendered(self._ledger.find(caller, filter_arn, Kind.FILTER))}

    def list_filters(
        self,
        caller: Caller,
        *,
        dataset_group_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Filters of a group, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.FILTER,
            "Filters",
            _summary,
            parent_arn=dataset_group_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def delete_filter(self, caller: Caller, *, filter_arn: str) -> dict[str, Any]:
        """Delete a filter that no batch job needs; requests with it are refused from then on."""
        with self._ledger.resources.transaction() as tx:
            found = self._ledger.hold(tx, caller, filter_arn, Kind.FILTER, to_remove=True)
            refuse_busy_filter(self._ledger, caller, filter_arn, tx)
            self._ledger.take_out(tx, found)
        return {}

    def _checked(self, text: str, group: Resource, tx: Connection) -> Expression:
        schemas = schemas_of(self._ledger.resources, group, tx)
        by_source = {_SOURCES[record]: schema for record, schema in schemas.items()}
        try:
            expression = parse(text)
            check(expression, by_source)
        except FilterError as error:
            raise InvalidInputException(f"Could not create filter. {error}") from error
        return expression

    def _all_of(self, group: Resource, tx: Connection) -> Iterator[Expression]:
        for one in self._ledger.resources.children(group.arn, Kind.FILTER, tx):
            yield parse(one.sent["filterExpression"])


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "name", "datasetGroupArn")
