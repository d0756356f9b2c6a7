"""`UpdateDataset`: another schema for a dataset, with columns added to those that it has."""

from typing import Any, Final

from sqlalchemy import Connection

from penchant.data.fields import Schema
from penchant.data.schemas import parse_schema
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.datasets import ITEMS, USERS, type_of
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.domain.updates import new_update, shown_update
from penchant.service.ledger import Ledger
from penchant.service.refusals import refuse_busy

_UPDATABLE: Final = (ITEMS, USERS)


class DatasetUpdateOperations:
    """An update holds at once: later imports and puts have the new columns, older data lacks them.

    A dataset's `own["updates"]` lists its updates, oldest first, each with the `columns` that it
    added. A solution's `own["datasetUpdates"]` says how many of them were there when it was
    created; it never learns from the columns that came later.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def update_dataset(
        self, caller: Caller, *, dataset_arn: str, schema_arn: str
    ) -> dict[str, Any]:
        """Give a dataset of items or users another schema."""
        with self._ledger.resources.transaction() as tx:
            dataset = self._ledger.hold_active(tx, caller, dataset_arn, Kind.DATASET)
            _check_type(dataset)
            schema = self._ledger.find_active(caller, schema_arn, Kind.SCHEMA, tx)
            added = self._added(dataset, schema, tx)
            refuse_busy(dataset, self._ledger.resources.children(dataset.arn, tx=tx))
            now = self._ledger.clock()
            members = {"schemaArn": schema.arn, "columns": added}
            update = new_update(now, status=statuses.ACTIVE, **members)
            self._ledger.resources.change(
                tx,
                dataset,
                now,
                sent={**dataset.sent, "schemaArn": schema.arn},
                own={**dataset.own, "updates": [*dataset.own.get("updates", ()), update]},
            )
        return {"datasetArn": dataset.arn}

    def _added(self, dataset: Resource, schema: Resource, tx: Connection) -> list[str]:
        """The names of the columns that a dataset would get.

        Raises:
            InvalidInputException: The schema is not the dataset's own with columns added.
        """
        old = self._ledger.resources.get(dataset.sent["schemaArn"], tx)
        if old is None:
            raise InvalidInputException(
                f"{dataset.sent['schemaArn']} was deleted; create {dataset.arn} anew."
            )
        if old.sent.get("domain") != schema.sent.get("domain"):
            raise InvalidInputException(
                f"{schema.arn} is of the domain {schema.sent.get('domain') or 'custom'}, not of "
                f"{old.sent.get('domain') or 'custom'}, as {old.arn} is; create one of that."
            )
        present, wanted = parse_schema(old.sent["schema"]), parse_schema(schema.sent["schema"])
        try:
            return added_columns(present, wanted)
        except ValueError as error:
            raise InvalidInputException(f"{schema.arn} does not fit: {error}") from error


def added_columns(present: Schema, wanted: Schema) -> list[str]:
    """The columns that one schema has beyond another.

    Raises:
        ValueError: It is for another dataset type, an old column is missing or changed, or an
            added one allows no null.
    """
    if present.record != wanted.record:
        raise ValueError(f"its record is {wanted.record!r}; name it {present.record!r}")
    fields = {one.name: one for one in wanted.fields}
    for old in present.fields:
        if old.name not in fields:
            raise ValueError(f"it lacks the column {old.name}; keep every column that is there")
        if fields[old.name] != old:
            raise ValueError(f"it changes the column {old.name}; keep it as it is")
    known = {one.name for one in present.fields}
    added = [one for one in wanted.fields if one.name not in known]
    for new in added:
        if not new.nullable:
            raise ValueError(
                f'the column {new.name} is added and allows no null; give it the type ["null", '
                f'"{new.types[0]}"]'
            )
    return [one.name for one in added]


def latest_update(dataset: Resource) -> dict[str, Any] | None:
    """The last update as Describe shows it; None where there was none."""
    updates = dataset.own.get("updates")
    shown = shown_update(updates[-1]) if updates else None
    return shown and {name: shown[name] for name in shown if name != "columns"}


def updates_so_far(ledger: Ledger, group: Resource, tx: Connection) -> dict[str, int]:
    """How often each dataset of a group has been updated, by ARN; never is left out.

    Who is created now keeps it as `own["datasetUpdates"]` and learns from the columns known now.
    """
    datasets = ledger.resources.children(group.arn, Kind.DATASET, tx)
    counts = {one.arn: len(one.own.get("updates", ())) for one in datasets}
    return {arn: n for arn, n in counts.items() if n}


def _check_type(dataset: Resource) -> None:
    if type_of(dataset) not in _UPDATABLE:
        raise InvalidInputException(
            f"{dataset.arn} is of type {type_of(dataset)}; only a dataset of type "
            f"{' or '.join(_UPDATABLE)} can be updated. Create another schema and dataset."
        )
