"""Answering with a trained HRNN: a recurrent network over a user's history, free of torch.

The newest `bptt` events run through the network as an ONNX graph. All newer `max_history` events
enter it as decayed means of their items' vectors, one per decay; the older ones among them make,
with the user's metadata, the initial state. The graph answers a user's vector, in which what is
told of the moment is a summand; an item's score is the product with the item's vector plus its
bias, plus a learned bonus, mostly a malus, if the user had the item before, and plus what the
objective raises it by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from penchant.data.queries import History, Query
from penchant.data.training_set import Bools, Float32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import Weights, map_array, map_arrays, save_arrays
from penchant.models.attributes import Attributes
from penchant.models.coding import sums_of
from penchant.models.fading import FadingMeans, weights_by_age
from penchant.models.graphs import open_graph
from penchant.models.marks import Marks
from penchant.models.reading import Reading


@dataclass(frozen=True)
class Shape:
    """How a network of this family reads histories; JSON values only.

    Attributes:
        hidden_dimension: Units of the recurrent layer.
        bptt: Newest events that run through it.
        recency_mask: Whether recent events weigh more.
        max_history: Newest events looked at in all.
        decays: Weight of an event relative to the next newer one, one per mean.
        value_edges: See `Marks`.
    """

    hidden_dimension: int
    bptt: int
    recency_mask: bool
    max_history: int
    decays: tuple[float, ...]
    value_edges: tuple[float, ...]

    def weights(self) -> Float32s:
        """Weight of an event by mean and age, (n_decays, max_history), 0 where too small."""
        return weights_by_age(self.decays, self.max_history)

    def marks(self, n_event_types: int) -> Marks:
        """The coding of events."""
        return Marks(n_event_types, np.array(self.value_edges, np.float32))


class HrnnModel:
    """A trained HRNN; safe to call from several threads.

    Args:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        shape: How histories are read.
        output: Vector per item (n_items, dim), both read and scored with.
        bias: Score of an item for nobody in particular (n_items,).
        rare_bias: The bias of items that hardly anybody met.
        raised: What the objective adds to each item's score (n_items,).
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
        bias: Float32s,
        rare_bias: float,
        raised: Float32s,
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
        self.bias = bias
        self.rare_bias = rare_bias
        self.raised = raised
        self.met = met
        self.users = users
        self.reading = reading
        self.weights = weights
        self.graph = graph
        self._marks = shape.marks(len(event_type_names))
        self._means = FadingMeans(shape.weights())
        self._offsets: Float32s = bias + raised
        self._contextual = reading.contexts.n_codes > 1
        self._session = open_graph(graph)

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue, shape (len(queries), n_items)."""
        return self.score_vectors(self.user_vectors(queries), queries)

    def score_vectors(self, vectors: Float32s, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue for users whose vectors are known, (len(queries), n_items)."""
        scores: Float32s = vectors @ self.output.T
        scores += self._offsets
        for row, query in zip(scores, queries, strict=True):
            # an item that stands twice is raised once, as assignment goes
            row[query.history.newest(self.shape.max_history).items] += self.bonus
        return scores

    @property
    def bonus(self) -> np.float32:
        """Added to the score of items among the user's newest `max_history` events.

        Negative where users do not come back to items.
        """
        again: np.float32 = self.weights["again"][0]
        return again

    def user_vectors(self, queries: Sequence[Query]) -> Float32s:
        """One vector per query, (len(queries), dim).

        Scores are its products with `output`, plus `bias`, `raised` and, for items of the
        history, `bonus`.
        The time of asking is not looked at.
        """
        if not queries:
            return np.empty((0, self.output.shape[1]), np.float32)
        vectors: Float32s = self._session.run(["vectors"], self._inputs(queries))[0]
        return vectors

    @property
    def description(self) -> dict[str, Any]:
        """The shape and the rare items' bias, as JSON values."""
        return vars(self.shape) | {
            "rare_bias": self.rare_bias,
            "decays": list(self.shape.decays),
            "value_edges": list(self.shape.value_edges),
        }

    def save(self, folder: Path) -> None:
        """Write the arrays, the graph and, in `weights`, what training goes on from."""
        save_arrays(folder, output=self.output, bias=self.bias, user_codes=self.users.codes)
        save_arrays(folder, raised=self.raised, met=self.met)
        if self.users.texts.size:
            save_arrays(folder, user_texts=self.users.texts)
        (folder / "reading").mkdir()
        self.reading.save(folder / "reading")
        (folder / "query.onnx").write_bytes(self.graph)
        (folder / "weights").mkdir()
        save_arrays(folder / "weights", **self.weights)

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote; arrays are memory-mapped."""
        of_shape = {name: value for name, value in description.items() if name != "rare_bias"}
        tuples = {name: tuple(description[name]) for name in ("decays", "value_edges")}
        weights = map_arrays(folder / "weights")
        with_texts = (folder / "user_texts.npy").exists()
        users = Attributes(
            map_array(folder, "user_codes"),
            len(weights["user_metadata.table.weight"]),
            *([map_array(folder, "user_texts")] if with_texts else []),
        )
        return cls(
            items,
            event_type_names,
            shape=Shape(**(of_shape | tuples)),
            output=map_array(folder, "output"),
            bias=map_array(folder, "bias"),
            rare_bias=description["rare_bias"],
            raised=map_array(folder, "raised"),
            met=map_array(folder, "met"),
            users=users,
            reading=Reading.load(folder / "reading"),
            weights=weights,
            graph=(folder / "query.onnx").read_bytes(),
        )

    def _inputs(self, queries: Sequence[Query]) -> dict[str, npt.NDArray[Any]]:
        histories = [query.history.newest(self.shape.max_history) for query in queries]
        bptt, n, dim = self.shape.bptt, len(queries), self.output.shape[1]
        counts = np.array([len(events) for events in histories])
        stops = np.cumsum(counts)
        vectors = self.output[np.concatenate([events.items for events in histories])]
        lengths = np.minimum(counts + 1, bptt)
        steps = np.zeros((int(lengths.max()), n, dim), np.float32)
        steps[0, counts < bptt] = self.weights["first"]
        users = np.repeat(np.arange(n), counts)
        to_end = stops[users] - np.arange(len(users))
        newest = to_end <= bptt
        users, to_end = users[newest], to_end[newest]
        steps[lengths[users] - to_end, users] = vectors[newest] + self._marked(histories, newest)
        means = np.zeros((n, len(self.shape.decays), dim), np.float32)
        older = np.zeros_like(means)
        for row, (count, stop) in enumerate(zip(counts.tolist(), stops.tolist(), strict=True)):
            if count:
                self._means.write(vectors[stop - count : stop], means[row])
            if count > bptt:
                self._means.write(vectors[stop - count : stop - bptt], older[row])
        moments = {"moments": self._moments(queries)} if self._contextual else {}
        return moments | {
            "steps": steps,
            "lengths": lengths.astype(np.int32),
            "means": means.reshape(n, -1),
            "older": older.reshape(n, -1),
            "users": self._user_metadata(queries),
        }

    def _marked(self, histories: Sequence[History], wanted: npt.NDArray[np.bool_]) -> Float32s:
        """Sums of the embedded marks of the events that are wanted, (n, dim)."""
        codes = self._marks.codes_of(histories)[wanted]
        marked: Float32s = self.weights["marks.weight"][codes].sum(axis=1)
        return marked

    def _user_metadata(self, queries: Sequence[Query]) -> Float32s:
        """The users' embedded metadata, (n, dim); zero for unknown users."""
        rows = np.array([query.user_index for query in queries])
        return self.users.vectors_at(rows, self.weights, "user_metadata")

    def _moments(self, queries: Sequence[Query]) -> Float32s:
        """What is told of the moments, embedded, (n, dim)."""
        codes = self.reading.contexts.codes_of([query.context for query in queries])
        return sums_of(self.weights["contexts.table.weight"], codes)
