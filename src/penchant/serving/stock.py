"""What is known of items, actions or users: those of a catalogue, and all others there are."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from penchant.data.training_set import Int32s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.filters.columns import Table, UserValue
from penchant.filters.masks import Masks


@dataclass(frozen=True)
class Rows:
    """A row for every id of a catalogue, then one for every other id of the dataset."""

    catalogue: Vocabulary
    others: Vocabulary

    def __len__(self) -> int:
        return len(self.catalogue) + len(self.others)

    @property
    def ids(self) -> tuple[str, ...]:
        """Whose each row is."""
        return self.catalogue.ids + self.others.ids

    def index(self, name: str) -> int:
        """The row of an id, or `UNKNOWN` (-1)."""
        row = self.catalogue.index(name)
        if row != UNKNOWN:
            return row
        other = self.others.index(name)
        return other if other == UNKNOWN else len(self.catalogue) + other

    def indices(self, names: Sequence[str]) -> Int32s:
        """The rows of several ids, shape (len(names),), `UNKNOWN` where there is none."""
        rows = self.catalogue.indices(names)
        for place in np.flatnonzero(rows == UNKNOWN).tolist():
            other = self.others.index(names[place])
            if other != UNKNOWN:
                rows[place] = len(self.catalogue) + other
        return rows


@dataclass(frozen=True)
class Stock:
    """Some columns of a dataset of items, actions or users, and which row is whose.

    Attributes:
        rows: Which row is whose.
        masks: Over the columns.
        names: The columns that were looked for, folded; the dataset need not have them.
        version: Names what the dataset held (`DatasetReader.version`).
    """

    rows: Rows
    masks: Masks
    names: frozenset[str] = frozenset()
    version: Hashable = None

    def of(self, name: str) -> Mapping[str, UserValue]:
        """The values of one id by folded column name; none for an unknown one."""
        row = self.rows.index(name)
        return {} if row == UNKNOWN else self.masks.table.row(row)

    def with_columns(self, more: Table, names: frozenset[str]) -> "Stock":
        """The same rows with further columns, which were found when looking for `names`."""
        columns = {**self.masks.table.columns, **more.columns}
        masks = Masks(Table(len(self.rows), columns))
        return replace(self, masks=masks, names=self.names | names)
