"""Answering with a trained transformer over a user's history, free of torch.

The newest `n_steps` events run through the network as an ONNX graph; the newest `max_history` enter
as decayed means of their items' vectors. The graph answers a user's vector; an item's score is the
product with the item's vector, plus what the item has for everybody at that moment, plus a learned
bonus or malus if the user had it before, by how often and how long ago.

Two questions are told apart: within an hour of the newest event the session goes on, later the user
comes back. Each has its own weights behind the network.
"""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.training_set import Bools, Float32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import Weights, map_array, map_arrays, save_arrays
from penchant.models.attributes import Attributes
from penchant.models.graphs import open_graph
from penchant.models.habits import habits_of
from penchant.models.reading import Reading
from penchant.models.transformer_inputs import InputReader
from penchant.models.transformer_shape import LATER, NOW, Moment, Shape
from penchant.models.trends import Trends, slices_of

_ARRAYS = ("output", "biases", "rare", "edges", "met")


class TransformerModel:
    """A trained transformer; safe to call from several threads.

    Args:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        shape: How histories are read.
        output: Vector per item (n_items, dim), both read and scored with.
        biases: What an item has for everybody, by question and slice of time, (2, n_slices,
            n_items).
        rare: What the rarest items have by question, without what is on the rise, (2,).
        edges: Where slices of time but the first begin (n_slices - 1,), see `Trends`.
        met: Whether an item had interactions to learn from (n_items,); the others' vectors are
            those of their metadata.
        users: Metadata of the users.
        reading: How metadata and contexts are read.
        weights: All trained arrays by name; training goes on from them.
        graph: The network as ONNX.
    """

    def __init__(
        self,
        items: Vocabulary,
        event_type_names: tuple[str, ...],
        *,
        shape: Shape,
        output: Float32s,
        biases: Float32s,
        rare: Float32s,
        edges: npt.NDArray[np.int64],
        met: Bools,
        users: Attributes,
        reading: Reading,
        weights: Weights,
        graph: bytes,
    ) -> None:
        self.items = items
        self.event_type_names = event_type_names
        self.shape = shape
        self.output = output
        self.biases = biases
        self.rare = rare
        self.edges = edges
        self.met = met
        self.users = users
        self.reading = reading
        self.weights = weights
        self.graph = graph
        self._reader = InputReader(shape, len(event_type_names), output, users, reading, weights)
        self._again = by_question(weights, "again")
        self._session = open_graph(graph)

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue, shape (len(queries), n_items)."""
        return self.score_vectors(self.user_vectors(queries), queries)

    def user_vectors(self, queries: Sequence[Query]) -> Float32s:
        """One vector per query, (len(queries), dim)."""
        if not queries:
            return np.empty((0, self.output.shape[1]), np.float32)
        vectors: Float32s = self._session.run(["vectors"], self._reader.inputs(queries))[0]
        return vectors

    def score_vectors(self, vectors: Float32s, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue for users whose vectors are known, (len(queries), n_items)."""
        scores: Float32s = vectors @ self.output.T
        for row, query in zip(scores, queries, strict=True):
            moment = Moment.of(query)
            biases = self.biases[moment.question, slices_of(self.edges, moment.asked_at)]
            np.add(row, biases, out=row)
            history = query.history.newest(self.shape.max_history)
            if len(history):
                items, codes = habits_of(history, moment.asked_at)
                row[items] += self._again[moment.question][codes].sum(axis=1)
        return scores

    def moment(self, query: Query) -> Hashable:
        """What of the moment of asking the query's vector depends on: the time since the history.

        Powers of two of seconds, and all of the first hour as one.
        """
        return Moment.of(query).gap

    @property
    def description(self) -> dict[str, Any]:
        """The shape, as JSON values."""
        return vars(self.shape) | {
            "decays": list(self.shape.decays),
            "value_edges": list(self.shape.value_edges),
        }

    def save(self, folder: Path) -> None:
        """Write the arrays, the graph and, in `weights`, what training goes on from."""
        save_arrays(folder, **{name: getattr(self, name) for name in _ARRAYS})
        save_arrays(folder, user_codes=self.users.codes, user_texts=self.users.texts)
        for name in ("reading", "weights"):
            (folder / name).mkdir()
        self.reading.save(folder / "reading")
        save_arrays(folder / "weights", **self.weights)
        (folder / "query.onnx").write_bytes(self.graph)

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote; arrays are memory-mapped."""
        tuples = {name: tuple(description[name]) for name in ("decays", "value_edges")}
        weights = map_arrays(folder / "weights")
        users = Attributes(
            map_array(folder, "user_codes"),
            len(weights["user_metadata.table.weight"]),
            map_array(folder, "user_texts"),
        )
        return cls(
            items,
            event_type_names,
            shape=Shape(**(description | tuples)),
            users=users,
            reading=Reading.load(folder / "reading"),
            weights=weights,
            graph=(folder / "query.onnx").read_bytes(),
            **{name: map_array(folder, name) for name in _ARRAYS},
        )


def by_question(weights: Weights, name: str) -> Float32s:
    """A trained array of both questions, (2, ...)."""
    return np.stack([weights[f"heads.{question}.{name}"] for question in (NOW, LATER)])


def item_biases(weights: Weights, met: Bools, rare: Float32s, trends: Trends) -> Float32s:
    """The `biases` of a model; items that training did not meet count as the rarest."""
    lasting = np.where(met, by_question(weights, "bias"), rare[:, None])
    rising = np.einsum("sif,qf->qsi", trends.logs, by_question(weights, "trend"))
    biases: Float32s = (lasting[:, None] + rising).astype(np.float32)
    return biases
