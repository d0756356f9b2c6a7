"""Reads from datasets what filters look at: columns of records, and who did what."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import duckdb

from penchant.data.attributes import Attributes, read_attributes, read_ids
from penchant.data.datasets import Dataset
from penchant.data.fields import folded
from penchant.data.schemas import parse_schema
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.domain.datasets import ACTION_INTERACTIONS, type_of
from penchant.domain.resources import Resource
from penchant.filters.columns import NumberColumn, Table, TextColumn
from penchant.filters.masks import UserValue
from penchant.serving.past import Past, beside, write_past
from penchant.store.records import Records
from penchant.store.resources import Resources

_LOOKS: Final = 5
T = TypeVar("T")


@dataclass(frozen=True)
class People:
    """The users of a dataset and their columns."""

    ids: Vocabulary
    table: Table

    def of(self, user_id: str) -> Mapping[str, UserValue]:
        """A user's values by folded column name; none for an unknown user."""
        row = self.ids.index(user_id)
        if row == UNKNOWN:
            return {}
        return {
            name: float(column.numbers[row]) if isinstance(column, NumberColumn) else column.of(row)
            for name, column in self.table.columns.items()
        }


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
        self._memory_bytes = memory_bytes

    def version(self, dataset_arn: str) -> Hashable:
        """Names what a dataset holds: another value after every change."""
        dataset = self._resources.get(dataset_arn)
        if dataset is None:
            return None
        newest = self._records.newest_at(dataset_arn)
        return dataset.created_at, dataset.sent["schemaArn"], self._parts(dataset), newest

    def table(self, dataset_arn: str, ids: Vocabulary) -> Table:
        """The columns of items, users or actions, a row for each of `ids`."""

        def read(dataset: Dataset) -> Table:
            return _table(read_attributes(dataset, ids.ids, memory_bytes=self._memory_bytes), ids)

        return self._read(dataset_arn, read) or Table(len(ids))

    def people(self, dataset_arn: str) -> People:
        """Every user of a dataset."""

        def read(dataset: Dataset) -> People:
            ids = Vocabulary(read_ids(dataset, memory_bytes=self._memory_bytes))
            found = read_attributes(dataset, ids.ids, memory_bytes=self._memory_bytes)
            return People(ids, _table(found, ids))

        return self._read(dataset_arn, read) or People(Vocabulary(()), Table(0))

    def pasts(self, dataset_arn: str) -> Sequence[Past]:
        """Who did what, a file at a time; an index that is missing is made."""
        dataset = self._resources.get(dataset_arn)
        if dataset is None:
            return ()
        column = "ACTION_ID" if type_of(dataset) == ACTION_INTERACTIONS else "ITEM_ID"
        return self._tried(dataset_arn, lambda parts: [self._past(one, column) for one in parts])

    def _past(self, part: Path, column: str) -> Past:
        if not beside(part).is_dir():
            write_past(part, column, memory_bytes=self._memory_bytes)
        return Past.load(beside(part))

    def _read(self, dataset_arn: str, read: Callable[[Dataset], T]) -> T | None:
        dataset = self._resources.get(dataset_arn)
        schema = dataset and self._resources.get(dataset.sent["schemaArn"])
        if not schema:
            return None
        put = dict(self._records.scan(dataset_arn))
        columns = parse_schema(schema.sent["schema"])
        return self._tried(dataset_arn, lambda parts: read(Dataset(columns, parts, put)))

    def _tried(self, dataset_arn: str, read: Callable[[Sequence[Path]], T]) -> T:
        """Read, and again when an import has just put another part in the place."""
        for _ in range(_LOOKS - 1):
            with suppress(duckdb.IOException, FileNotFoundError):
                return read(self._present_parts(dataset_arn))
        return read(self._present_parts(dataset_arn))

    def _present_parts(self, dataset_arn: str) -> list[Path]:
        dataset = self._resources.get(dataset_arn)
        names = () if dataset is None else self._parts(dataset)
        return [self._data_dir / name for name in names]

    def _parts(self, dataset: Resource) -> tuple[str, ...]:
        return tuple(dataset.own.get("parts", ()))


def _table(found: Attributes, ids: Vocabulary) -> Table:
    texts = {folded(name): TextColumn(column) for name, column in found.texts.items()}
    numbers = {folded(name): NumberColumn(column) for name, column in found.numbers.items()}
    return Table(len(ids), {**texts, **numbers})
