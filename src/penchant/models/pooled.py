"""What recipes without a recurrence read of a user: vectors pooled from the history, by field.

The fields, in order: one decayed mean of the history per decay, the newest item, what the newest
event tells beside its item, the user's metadata, the moment's context. Nothing of a field is the
zero vector.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.queries import History, Query
from penchant.data.training_set import Float32s, Int32s
from penchant.models.arrays import Weights, map_array, map_arrays, save_arrays
from penchant.models.attributes import Attributes
from penchant.models.coding import Coding, sums_of
from penchant.models.fading import FadingMeans, weights_by_age
from penchant.models.marks import Marks

_FURTHER_FIELDS: Final = 4


@dataclass(frozen=True)
class Pooling:
    """How histories are pooled; JSON values only.

    Attributes:
        history_length: Newest events looked at.
        decays: Weight of an event relative to the next newer one, one per mean.
        value_edges: See `Marks`.
        contexts: How the context of a moment is read.
    """

    history_length: int
    decays: tuple[float, ...]
    value_edges: tuple[float, ...]
    contexts: Coding

    @property
    def n_fields(self) -> int:
        """Number of fields."""
        return len(self.decays) + _FURTHER_FIELDS

    def weights(self) -> Float32s:
        """Weight of an event by mean and age, (n_decays, history_length), 0 where too small."""
        return weights_by_age(self.decays, self.history_length)

    def marks(self, n_event_types: int) -> Marks:
        """The coding of events."""
        return Marks(n_event_types, np.array(self.value_edges, np.float32))

    @property
    def description(self) -> dict[str, Any]:
        """JSON values from which `read` makes it again."""
        return {
            "history_length": self.history_length,
            "decays": list(self.decays),
            "value_edges": list(self.value_edges),
            "contexts": self.contexts.description,
        }

    @classmethod
    def read(cls, description: Mapping[str, Any]) -> Self:
        """Read a `description`."""
        return cls(
            history_length=description["history_length"],
            decays=tuple(description["decays"]),
            value_edges=tuple(description["value_edges"]),
            contexts=Coding.read(description["contexts"]),
        )


class PooledReader:
    """Turns queries into fields; safe to call from several threads.

    Args:
        pooling: How.
        n_event_types: Number of known event types.
        vectors: Of the items (n_items, dim).
        users: Metadata of the users.
        weights: Trained arrays by the names of `recipes.pooled.PooledHistory`.
    """

    def __init__(
        self,
        pooling: Pooling,
        n_event_types: int,
        vectors: Float32s,
        users: Attributes,
        weights: Weights,
    ) -> None:
        self._pooling = pooling
        self._marks = pooling.marks(n_event_types)
        self._vectors = vectors
        self._users = users
        self._weights = weights
        self._means = FadingMeans(pooling.weights())

    def fields(self, queries: Sequence[Query]) -> Float32s:
        """The fields of every query, (len(queries), n_fields, dim)."""
        n_decays = len(self._pooling.decays)
        shape = (len(queries), self._pooling.n_fields, self._vectors.shape[1])
        fields = np.zeros(shape, np.float32)
        for row, query in zip(fields, queries, strict=True):
            history = query.history.newest(self._pooling.history_length)
            if len(history):
                self._means.write(self._vectors[history.items], row[:n_decays])
                row[n_decays] = self._vectors[history.items[-1]]
                row[n_decays + 1] = self._marked(history)
        fields[:, n_decays + 2] = self._user_metadata(queries)
        fields[:, n_decays + 3] = self._contexts(queries)
        return fields

    def had(self, query: Query) -> Int32s:
        """The items that the user is known to have had; some may stand twice."""
        items: Int32s = query.history.newest(self._pooling.history_length).items
        return items

    def _marked(self, history: History) -> Float32s:
        codes = self._marks.codes_of([history])[-1]
        marked: Float32s = self._weights["history.marks.weight"][codes].sum(axis=0)
        return marked

    def _user_metadata(self, queries: Sequence[Query]) -> Float32s:
        rows = np.array([query.user_index for query in queries], np.int64)
        return self._users.vectors_at(rows, self._weights, "history.user_metadata")

    def _contexts(self, queries: Sequence[Query]) -> Float32s:
        codes = self._pooling.contexts.codes_of([query.context for query in queries])
        return sums_of(self._weights["history.contexts.table.weight"], codes)


def flat(fields: Float32s) -> Float32s:
    """Fields side by side, (n, n_fields * dim), where n may be 0."""
    n, n_fields, dim = fields.shape
    return fields.reshape(n, n_fields * dim)


@dataclass(frozen=True)
class PooledArrays:
    """The arrays of a model over pooled histories.

    Attributes:
        output: Vector per item (n_items, dim), both read and scored with.
        bias: Score of an item for nobody in particular (n_items,).
        user_codes: Metadata per user (n_users, width), rows of a table, 0 for none.
        weights: All trained arrays by name; training goes on from them.
    """

    output: Float32s
    bias: Float32s
    user_codes: Int32s
    weights: Weights

    def reader(self, pooling: Pooling, n_event_types: int) -> PooledReader:
        """What turns queries into fields."""
        n_codes = len(self.weights["history.user_metadata.table.weight"])
        users = Attributes(self.user_codes, n_codes)
        return PooledReader(pooling, n_event_types, self.output, users, self.weights)

    def layers(self) -> tuple[tuple[Float32s, Float32s], ...]:
        """Weights (after, before) and offsets (after,) of `layers`, first to last."""
        n = sum(name.startswith("layers.") and name.endswith(".bias") for name in self.weights)
        return tuple(
            (self.weights[f"layers.{place}.weight"], self.weights[f"layers.{place}.bias"])
            for place in range(n)
        )

    @property
    def bonus(self) -> np.float32:
        """Added to the score of items of the history; negative where users do not come back."""
        again: np.float32 = self.weights["table.again"][0]
        return again

    def save(self, folder: Path) -> None:
        """Write the arrays and, in `weights`, what training goes on from."""
        save_arrays(folder, output=self.output, bias=self.bias, user_codes=self.user_codes)
        (folder / "weights").mkdir()
        save_arrays(folder / "weights", **self.weights)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, memory-mapped."""
        return cls(
            output=map_array(folder, "output"),
            bias=map_array(folder, "bias"),
            user_codes=map_array(folder, "user_codes"),
            weights=map_arrays(folder / "weights"),
        )
