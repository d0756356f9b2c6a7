"""What is known of items, or actions: those of a model's catalogue, and those that came since."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from penchant.data.training_set import Int32s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.filters.columns import Table
from penchant.filters.masks import Masks


@dataclass(frozen=True)
class Rows:
    """A row for every id of a catalogue, then one for every other id of the dataset."""

    catalogue: Vocabulary
    others: Vocabulary

    def __len__(self) -> int:
        return len(self.catalogue) + len(self.others)

    def index(self, name: str) -> int:
        """The row of an id, or `UNKNOWN` (-1)."""
        return int(self.indices([name])[0])

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
    """The columns of a dataset of items or actions, and which row is whose."""

    rows: Rows
    masks: Masks

    @classmethod
    def unknown(cls, ids: Vocabulary) -> "Stock":
        """Where no dataset tells anything."""
        return cls(Rows(ids, Vocabulary(())), Masks(Table(len(ids))))
