"""Reads from datasets what answers look at: columns of records, and who did what."""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar

import duckdb

from penchant.data.attributes import Attributes, read_attributes
from penchant.data.datasets import Dataset, Put
from penchant.data.fields import Schema, folded
from penchant.data.schemas import parse_schema
from penchant.data.vocabulary import Vocabulary
from penchant.domain.datasets import ACTION_INTERACTIONS, SCRATCH, type_of
from penchant.domain.resources import Resource
from penchant.filters.columns import NumberColumn, Table, TextColumn
from penchant.filters.masks import Masks
from penchant.serving import details, imported_events
from penchant.serving.details import Details
from penchant.serving.imported_events import ImportedEvents
from penchant.serving.metadata import Metadata
from penchant.serving.stock import Rows, Stock
from penchant.store.records import Records
from penchant.store.resources import Resources

_ACTION: Final = "ACTION_ID"
_LOOKS: Final = 5
T = TypeVar("T")


class DatasetReader:
    """Reads datasets as they are now; one that does not exist is empty.

    Args:
        resources: Where datasets are told of.
        records: What was put one by one.
        data_dir: Folder that the parts of datasets are relative to.
        memory_bytes: Memory that reading one may use.
    """

    def __init__(
        self, resources: Resources, records: Records, data_dir: Path, memory_bytes: int
    ) -> None:
        self._resources = resources
        self._records = records
        self._data_dir = data_dir
        self._limits: dict[str, Any] = {
            "memory_bytes": memory_bytes,
            "spill": data_dir / SCRATCH,
        }

    def version(self, dataset_arn: str) -> Hashable:
        """Names what a dataset holds: another value after every change."""
        dataset = self._resources.get(dataset_arn)
        if dataset is None:
            return None
        put = self._records.state(dataset_arn)
        return dataset.created_at, dataset.sent["schemaArn"], _parts(dataset), put

    def stock(
        self, dataset_arn: str, ids: Vocabulary, names: frozenset[str], former: Stock | None = None
    ) -> Stock:
        """What a dataset of items, actions or users knows of `ids`, and of all others.

        Args:
            dataset_arn: The dataset.
            ids: The catalogue, whose rows come first.
            names: The columns to look for, folded; no others are read.
            former: What was read last. While the dataset is as it was, only the columns that are
                lacking there are read; what is put at that very moment may be in these alone.
        """
        version = self.version(dataset_arn)
        if former is not None and former.version == version:
            if not (missing := names - former.names):
                return former
            return former.with_columns(self.table(dataset_arn, former.rows.ids, missing), missing)

        found = self._attributes(dataset_arn, ids.ids, names, others=True)
        rows = Rows(ids, Vocabulary(found.others))
        return Stock(rows, Masks(_table(found, len(rows))), names, version)

    def table(self, dataset_arn: str, ids: Sequence[str], names: frozenset[str]) -> Table:
        """Some columns of items, actions or users, a row for each of `ids`; names are folded."""
        found = self._attributes(dataset_arn, ids, names) if names else Attributes()
        return _table(found, len(ids))

    def imported_events(self, dataset_arn: str) -> Sequence[ImportedEvents]:
        """Who did what, a file at a time; an index that is missing is made."""
        dataset = self._resources.get(dataset_arn)
        if dataset is None:
            return ()
        column = _ACTION if type_of(dataset) == ACTION_INTERACTIONS else "ITEM_ID"
        return self._tried(dataset_arn, lambda parts: [self._events(one, column) for one in parts])

    def metadata(self, dataset_arn: str) -> Metadata:
        """The values of a dataset of items; an index that is missing is made."""
        schema = self._schema(dataset_arn)
        if schema is None:
            return Metadata()
        key = schema.rules.keys[0]
        there = self._records.count(dataset_arn) > 0
        parts = self._tried(dataset_arn, lambda parts: [self._details(one, key) for one in parts])
        put = partial(self._records.find, dataset_arn) if there else None
        return Metadata(schema, parts[::-1], put)

    def _events(self, part: Path, column: str) -> ImportedEvents:
        if not imported_events.beside(part).is_dir():
            imported_events.write_imported_events(part, column, **self._limits)
        found = ImportedEvents.load(imported_events.beside(part))
        return found.on_actions() if column == _ACTION else found

    def _details(self, part: Path, key: str) -> Details:
        if not details.beside(part).is_dir():
            details.write_details(part, key, **self._limits)
        return Details.load(details.beside(part))

    def _attributes(
        self,
        dataset_arn: str,
        ids: Sequence[str],
        names: frozenset[str],
        *,
        others: bool = False,
    ) -> Attributes:
        """The columns of these folded names that filters may look at."""
        schema = self._schema(dataset_arn)
        if schema is None:
            return Attributes()
        fields = [
            one
            for one in schema.fields
            if folded(one.name) in names and one.kind != "boolean" and not one.textual
        ]
        put = self._put(dataset_arn, names)
        return self._tried(
            dataset_arn,
            lambda parts: read_attributes(
                Dataset(schema, parts, put), ids, fields, **self._limits, others=others
            ),
        )

    def _put(self, dataset_arn: str, names: frozenset[str]) -> Put:
        """What was put one by one, without the columns that nobody looks at."""
        wanted = cache(lambda key: folded(key) in names)
        return {
            name: {key: value for key, value in properties.items() if wanted(key)}
            for name, properties in self._records.scan(dataset_arn)
        }

    def _schema(self, dataset_arn: str) -> Schema | None:
        dataset = self._resources.get(dataset_arn)
        schema = dataset and self._resources.get(dataset.sent["schemaArn"])
        return parse_schema(schema.sent["schema"]) if schema else None

    def _tried(self, dataset_arn: str, read: Callable[[Sequence[Path]], T]) -> T:
        """Read, and again when an import has just put another part in the place."""
        for _ in range(_LOOKS - 1):
            with suppress(duckdb.IOException, FileNotFoundError):
                return read(self._present_parts(dataset_arn))
        return read(self._present_parts(dataset_arn))

    def _present_parts(self, dataset_arn: str) -> list[Path]:
        dataset = self._resources.get(dataset_arn)
        names = () if dataset is None else _parts(dataset)
        return [self._data_dir / name for name in names]


def _parts(dataset: Resource) -> tuple[str, ...]:
    return tuple(dataset.own.get("parts", ()))


def _table(found: Attributes, n_rows: int) -> Table:
    texts = {folded(name): TextColumn(column) for name, column in found.texts.items()}
    numbers = {folded(name): NumberColumn(column) for name, column in found.numbers.items()}
    return Table(n_rows, {**texts, **numbers})
