"""The contract every fitted model fulfils."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.vocabulary import Vocabulary


class Model(Protocol):
    """A fitted recipe. Safe to call from several threads; scoring changes nothing."""

    @property
    def items(self) -> Vocabulary:
        """The catalogue."""
        ...

    @property
    def event_type_names(self) -> tuple[str, ...]:
        """The event types that histories' `event_types` index."""
        ...

    def score(self, queries: Sequence[Query]) -> npt.NDArray[np.float32]:
        """Score the whole catalogue, shape (len(queries), n_items); finite, higher is better."""
        ...

    def save(self, folder: Path) -> None:
        """Write the arrays below `folder`, which exists."""
        ...

    @property
    def description(self) -> dict[str, Any]:
        """Hyper-parameters and whatever `load` needs beside the arrays, as JSON values."""
        ...


@runtime_checkable
class VectorModel(Protocol):
    """A model whose way to the scores leads over one vector per user.

    `score(queries)` is `score_vectors(user_vectors(queries), queries)`. Neither step looks at
    `Query.timestamp`, so that a vector holds until its user's history changes.
    """

    def user_vectors(self, queries: Sequence[Query]) -> npt.NDArray[np.float32]:
        """The dear step: one vector per query, shape (len(queries), dim)."""
        ...

    def score_vectors(
        self, vectors: npt.NDArray[np.float32], queries: Sequence[Query]
    ) -> npt.NDArray[np.float32]:
        """The cheap step: scores of the catalogue, shape (len(queries), n_items)."""
        ...
