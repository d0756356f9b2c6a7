"""What a recipe learns from: interactions and metadata as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from penchant.data.queries import History
from penchant.data.vocabulary import Vocabulary

if TYPE_CHECKING:
    from penchant.data.actions import ActionSet
    from penchant.data.embedder import Embedder

Bools = npt.NDArray[np.bool_]
Int16s = npt.NDArray[np.int16]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Float32s = npt.NDArray[np.float32]

NO_EVENT_TYPE = -1
NO_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Categories:
    """One categorical column, multi-valued, in CSR form over its rows (users or items).

    Row r has the values `codes[offsets[r]:offsets[r + 1]]`, indices into `values`.
    """

    values: Vocabulary
    offsets: Int64s
    codes: Int32s

    def subset(self, keep: Bools) -> "Categories":
        """The rows where `keep` (n_rows,) holds."""
        counts = np.diff(self.offsets)
        offsets = np.concatenate([[0], np.cumsum(counts[keep])]).astype(np.int64)
        return Categories(self.values, offsets, self.codes[np.repeat(keep, counts)])

    def text(self, row: int) -> str:
        """A row's values as an import's file would write them."""
        codes = self.codes[self.offsets[row] : self.offsets[row + 1]]
        return "|".join(self.values.ids[code] for code in codes.tolist())


@dataclass(frozen=True)
class Features:
    """Metadata of users or items, rows in index order; a row without metadata is all missing.

    Attributes:
        categories: Column name -> categorical column.
        numbers: Column name -> float32 of shape (n_rows,), NaN where missing.
        texts: Column name -> texts of shape (n_rows,), empty where missing.
        names: The same of columns that name an item (`itemName`), which are not texts.
    """

    categories: Mapping[str, Categories] = field(default_factory=dict)
    numbers: Mapping[str, Float32s] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def subset(self, keep: Bools) -> "Features":
        """The rows where `keep` (n_rows,) holds."""
        places = np.flatnonzero(keep).tolist()
        return Features(
            {name: column.subset(keep) for name, column in self.categories.items()},
            {name: column[keep] for name, column in self.numbers.items()},
            {name: tuple(column[i] for i in places) for name, column in self.texts.items()},
            {name: tuple(column[i] for i in places) for name, column in self.names.items()},
        )

    def row(self, place: int) -> dict[str, str]:
        """What one row holds, as a request's `context` would write it: column -> value."""
        told = {name: column.text(place) for name, column in self.categories.items()}
        told |= {name: column[place] for name, column in self.texts.items()}
        numbers = {name: column[place] for name, column in self.numbers.items()}
        told |= {name: str(value) for name, value in numbers.items() if not np.isnan(value)}
        return {name: text for name, text in told.items() if text}


@dataclass(frozen=True)
class Objective:
    """What answers shall raise beside relevance.

    Attributes:
        column: The numeric column of the items that is to be raised.
        sensitivity: How much: "LOW", "MEDIUM" or "HIGH".
    """

    column: str
    sensitivity: str


@dataclass(frozen=True)
class TrainingSet:
    """Interactions, sorted by user index, then time, then order of arrival; all arrays (n_rows,).

    Attributes:
        users, items: Vocabularies. They may hold ids without interactions (metadata only).
        user_indices, item_indices: int32 per interaction.
        timestamps: Epoch seconds, int64.
        event_types: Index into `event_type_names`, `NO_EVENT_TYPE` (-1) where none.
        event_values: float32, NaN where none.
        event_type_names: Distinct event types in the data.
        user_features, item_features: Metadata.
        item_created_at: Epoch seconds per item (n_items,), `NO_TIME` where unknown.
        weights: How much each row counts as something to be predicted, mean 1; None: all alike.
        contexts: What is told of the moment of each row: one row of `Features` per interaction.
        objective: What answers shall raise beside relevance.
        actions: Actions and what users did about them, for recipes that recommend actions.
        embedder: What turns texts into vectors; None: recipes learn that from the texts.
    """

    users: Vocabulary
    items: Vocabulary
    user_indices: Int32s
    item_indices: Int32s
    timestamps: Int64s
    event_types: Int16s
    event_values: Float32s
    event_type_names: tuple[str, ...] = ()
    user_features: Features = field(default_factory=Features)
    item_features: Features = field(default_factory=Features)
    item_created_at: Int64s | None = None
    weights: Float32s | None = None
    contexts: Features = field(default_factory=Features)
    objective: Objective | None = None
    actions: "ActionSet | None" = None
    embedder: "Embedder | None" = None

    @property
    def n_users(self) -> int:
        """Number of known users, with or without interactions."""
        return len(self.users)

    @property
    def n_items(self) -> int:
        """Size of the catalogue."""
        return len(self.items)

    @property
    def n_rows(self) -> int:
        """Number of interactions."""
        return len(self.item_indices)

    def offsets(self) -> Int64s:
        """Where each user's rows begin, shape (n_users + 1,): user u has [o[u]:o[u + 1]]."""
        counts = np.bincount(self.user_indices, minlength=self.n_users)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def subset(self, keep: Bools) -> "TrainingSet":
        """The interactions where `keep` (n_rows,) holds, with the vocabularies unchanged."""
        names = ("user_indices", "item_indices", "timestamps", "event_types", "event_values")
        kept: dict[str, Any] = {name: getattr(self, name)[keep] for name in names}
        weights = None if self.weights is None else self.weights[keep]
        return replace(self, weights=weights, contexts=self.contexts.subset(keep), **kept)

    def history(self, start: int, stop: int) -> History:
        """Rows `start` to `stop`, which must belong to one user, as that user's history."""
        rows = slice(start, stop)
        return History(
            self.item_indices[rows],
            self.timestamps[rows],
            self.event_types[rows],
            self.event_values[rows],
        )
