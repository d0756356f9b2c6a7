"""Datasets: create, describe, list, delete."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from penchant.data.schemas import check_dataset_type, parse_schema
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.datasets import (
    ACTION_INTERACTIONS,
    ACTIONS,
    INTERACTIONS,
    TYPES,
    files_of,
    type_of,
)
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.service.dataset_updates import latest_update
from penchant.service.ledger import Ledger
from penchant.service.refusals import refuse_busy
from penchant.service.rendering import rendered, summary
from penchant.store.events import EventLog
from penchant.store.records import Records


class DatasetOperations:
    """One dataset of each type in a dataset group.

    A dataset's `own` holds `parts`: the Parquet files of its bulk data, relative to the data
    folder, in the order in which they were imported. One of interactions with actions has a
    tracking id of its own, which `PutActionInteractions` names.
    """

    def __init__(self, ledger: Ledger, events: EventLog, records: Records) -> None:
        self._ledger = ledger
        self._events = events
        self._records = records

    def create_dataset(
        self,
        caller: Caller,
        *,
        name: str,
        schema_arn: str,
        dataset_group_arn: str,
        dataset_type: str,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Create an empty dataset; it is ACTIVE at once."""
        word = _checked_type(dataset_type)
        sent = {
            "name": name,
            "datasetGroupArn": dataset_group_arn,
            "datasetType": word,
            "schemaArn": schema_arn,
        }
        tracking_id = str(uuid.uuid4()) if word == ACTION_INTERACTIONS else ""
        if tracking_id:
            sent["trackingId"] = tracking_id
        with self._ledger.resources.transaction() as tx:
            group = self._ledger.find_active(caller, dataset_group_arn, Kind.DATASET_GROUP, tx)
            schema = self._ledger.find_active(caller, schema_arn, Kind.SCHEMA, tx)
            _check_domain(group, schema, word)
            _check_schema(schema, word)
            resource = self._ledger.write_down(
                tx,
                caller,
                Kind.DATASET,
                name,
                sent=sent,
                arn_name=f"{group.name}/{word}",
                parent_arn=group.arn,
                alias=tracking_id,
                tags=tags,
            )
            if tracking_id:  # late interactions of a dataset that had the name before
                self._events.drop(tx, resource.arn)
        return {"datasetArn": resource.arn}

    def describe_dataset(self, caller: Caller, *, dataset_arn: str) -> dict[str, Any]:
        """One dataset."""
        dataset = self._ledger.find(caller, dataset_arn, Kind.DATASET)
        whole = rendered(dataset, without=["failureReason"])
        found = {"datasetType": type_of(dataset), "latestDatasetUpdate": latest_update(dataset)}
        return {"dataset": {**whole, **found}}

    def list_datasets(
        self,
        caller: Caller,
        *,
        dataset_group_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Datasets of a group, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.DATASET,
            "datasets",
            _summary,
            parent_arn=dataset_group_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def delete_dataset(self, caller: Caller, *, dataset_arn: str) -> dict[str, Any]:
        """Delete a dataset with all its data and the record of its import jobs."""
        with self._ledger.resources.transaction() as tx:
            dataset = self._ledger.hold(tx, caller, dataset_arn, Kind.DATASET, to_remove=True)
            imports = self._ledger.resources.children(dataset.arn, tx=tx)
            refuse_busy(dataset, [*imports, *self._trained(dataset.parent_arn, tx)])
            for job in imports:
                self._ledger.take_out(tx, job)
            self._records.drop(tx, dataset.arn)
            if type_of(dataset) == INTERACTIONS:
                self._events.drop(tx, dataset.parent_arn)
            if type_of(dataset) == ACTION_INTERACTIONS:
                self._events.drop(tx, dataset.arn)
            self._ledger.take_out(tx, dataset, _files)
        return {}

    def _trained(self, group_arn: str, tx: Connection) -> list[Resource]:
        """The solution versions and recommenders of a group."""
        children = self._ledger.resources.children
        versions = [
            version
            for solution in children(group_arn, Kind.SOLUTION, tx=tx)
            for version in children(solution.arn, Kind.SOLUTION_VERSION, tx=tx)
        ]
        return versions + children(group_arn, Kind.RECOMMENDER, tx=tx)


def _files(dataset: Resource) -> list[str]:
    return files_of(dataset.own.get("parts", ()))


def _checked_type(dataset_type: str) -> str:
    word = dataset_type.upper()
    if word not in TYPES:
        raise InvalidInputException(
            f"datasetType {dataset_type!r} is not available; use one of {', '.join(TYPES)}."
        )
    return word


def _check_domain(group: Resource, schema: Resource, word: str) -> None:
    domain, other = group.sent.get("domain"), schema.sent.get("domain")
    if domain and word in {ACTIONS, ACTION_INTERACTIONS}:
        raise InvalidInputException(
            f"{group.arn} is of the domain {domain}, which has no datasets of type {word}; create "
            "them in a dataset group without a domain."
        )
    if domain != other:
        raise InvalidInputException(
            f"{schema.arn} is {_of(other)} and {group.arn} {_of(domain)}; create a schema "
            f"{_of(domain)} with CreateSchema."
        )


def _of(domain: str | None) -> str:
    return f"of the domain {domain}" if domain else "of no domain"


def _check_schema(schema: Resource, word: str) -> None:
    try:
        check_dataset_type(parse_schema(schema.sent["schema"]), word)
    except ValueError as error:
        raise InvalidInputException(f"{schema.arn} does not fit: {error}") from error


def _summary(resource: Resource) -> dict[str, Any]:
    whole = summary(resource, "name", without=["failureReason"])
    return {**whole, "datasetType": type_of(resource)}
