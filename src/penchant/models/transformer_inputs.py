"""From queries to the arrays that a transformer's graph takes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from penchant.data.queries import History, Query
from penchant.data.training_set import Bools, Float32s, Int64s
from penchant.models.arrays import Weights
from penchant.models.attributes import Attributes
from penchant.models.coding import sums_of
from penchant.models.fading import FadingMeans
from penchant.models.reading import Reading
from penchant.models.transformer_shape import Moment, Shape, distance_codes

Arrays = dict[str, npt.NDArray[Any]]


class InputReader:
    """Turns queries into inputs; safe to call from several threads.

    Args:
        shape: How histories are read.
        n_event_types: Number of known event types.
        vectors: Of the items (n_items, dim).
        users: Metadata of the users.
        reading: How contexts are read.
        weights: Trained arrays by the names of `recipes.transformer_network.Network`.
    """

    def __init__(
        self,
        shape: Shape,
        n_event_types: int,
        vectors: Float32s,
        users: Attributes,
        reading: Reading,
        weights: Weights,
    ) -> None:
        self._shape = shape
        self._vectors = vectors
        self._users = users
        self._reading = reading
        self._weights = weights
        self._marks = shape.marks(n_event_types)
        self._fading = FadingMeans(shape.weights())
        self._ages, self._seen = shape.ages(), shape.seen()

    def inputs(self, queries: Sequence[Query]) -> Arrays:
        """All inputs of `recipes.transformer_graph.transformer_graph`."""
        histories = [query.history.newest(self._shape.max_history) for query in queries]
        counts = np.array([len(events) for events in histories])
        vectors = self._vectors[np.concatenate([events.items for events in histories])]
        moments = [Moment.of(query) for query in queries]
        about = self._user_metadata(queries) + self._contexts(queries)
        gaps = self._weights["gaps.weight"][[moment.gap for moment in moments]]
        later = np.array([[moment.question] for moment in moments], np.float32)
        return self._steps(histories, counts, vectors) | {
            "means": self._means(counts, vectors),
            "about": about,
            "asked": about + gaps,
            "later": later,
        }

    def _steps(self, histories: Sequence[History], counts: Int64s, vectors: Float32s) -> Arrays:
        """The newest events; they stand first, a history that is read whole after a beginning."""
        n_steps, n = self._shape.n_steps, len(counts)
        lengths = np.minimum(counts + 1, n_steps)
        longest = int(lengths.max())
        steps = np.zeros((n, longest, vectors.shape[1]), np.float32)
        times = np.zeros((n, longest), np.int64)
        whole = counts < n_steps
        users = np.repeat(np.arange(n), counts)
        to_end = np.cumsum(counts)[users] - np.arange(len(users))
        newest = to_end <= n_steps
        users, places = users[newest], (lengths[users] - to_end)[newest]
        steps[users, places] = vectors[newest] + self._marked(histories, newest)
        times[users, places] = np.concatenate([events.timestamps for events in histories])[newest]
        steps[whole, 0] = self._weights["first"]
        times[whole, 0] = times[whole, min(1, longest - 1)]
        last = np.zeros((n, 1, longest), np.float32)
        last[np.arange(n), 0, lengths - 1] = 1
        return {
            "steps": steps,
            "distances": distance_codes(times),
            "ages": self._ages[:longest, :longest],
            "seen": self._seen[:longest, :longest],
            "last": last,
        }

    def _marked(self, histories: Sequence[History], wanted: Bools) -> Float32s:
        """Sums of the embedded marks of the events that are wanted, (n, dim)."""
        codes = self._marks.codes_of(histories)[wanted]
        marked: Float32s = self._weights["marks.weight"][codes].sum(axis=1)
        return marked

    def _means(self, counts: Int64s, vectors: Float32s) -> Float32s:
        """Decayed sums of vectors over the roots of their weights, (n, n_decays * dim)."""
        means = np.zeros((len(counts), len(self._shape.decays), vectors.shape[1]), np.float32)
        stop = 0
        for row, count in zip(means, counts.tolist(), strict=True):
            stop += count
            if count:
                self._fading.write(vectors[stop - count : stop], row)
        return means.reshape(len(counts), -1)

    def _user_metadata(self, queries: Sequence[Query]) -> Float32s:
        """The users' embedded metadata, (n, dim); zero for unknown users."""
        rows = np.array([query.user_index for query in queries])
        return self._users.vectors_at(rows, self._weights, "user_metadata")

    def _contexts(self, queries: Sequence[Query]) -> Float32s:
        """What is told of the moments, embedded, (n, dim)."""
        codes = self._reading.contexts.codes_of([query.context for query in queries])
        return sums_of(self._weights["contexts.table.weight"], codes)
