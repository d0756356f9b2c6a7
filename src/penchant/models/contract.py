"""The contract every fitted model fulfils."""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.vocabulary import Vocabulary
from penchant.models.action_catalogue import ActionCatalogue, ActionHistories


class Fitted(Protocol):
    """What every fitted recipe is. Safe to call from several threads; answering changes nothing."""

    @property
    def items(self) -> Vocabulary:
        """The catalogue."""
        ...

    @property
    def event_type_names(self) -> tuple[str, ...]:
        """The event types that histories' `event_types` index."""
        ...

    def save(self, folder: Path) -> None:
        """Write the arrays below `folder`, which exists."""
        ...

    @property
    def description(self) -> dict[str, Any]:
        """Hyper-parameters and whatever `load` needs beside the arrays, as JSON values."""
        ...


@runtime_checkable
class Model(Fitted, Protocol):
    """A fitted recipe that scores items."""

    def score(self, queries: Sequence[Query]) -> npt.NDArray[np.float32]:
        """Score the whole catalogue, shape (len(queries), n_items); finite, higher is better."""
        ...


@runtime_checkable
class SegmentModel(Fitted, Protocol):
    """A fitted recipe that scores users, those known at training, for items."""

    def score_users(self, items: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """Affinity of all users to each item (n,), shape (n, n_users); finite."""
        ...


@runtime_checkable
class ActionModel(Fitted, Protocol):
    """A fitted recipe that scores actions."""

    @property
    def actions(self) -> Vocabulary:
        """The actions."""
        ...

    @property
    def catalogue(self) -> ActionCatalogue:
        """What else than probability decides about recommending them."""
        ...

    @property
    def histories(self) -> ActionHistories:
        """What users did about them up to the training."""
        ...

    def score_actions(self, queries: Sequence[Query]) -> npt.NDArray[np.float32]:
        """Probability that the user takes each action, shape (len(queries), n_actions)."""
        ...


@runtime_checkable
class VectorModel(Protocol):
    """A model whose way to the scores leads over one vector per user.

    `score(queries)` is `score_vectors(user_vectors(queries), queries)`. The dear step does not look
    at `Query.timestamp`, so that a vector holds until its user's history changes; where it does,
    the model is a `MomentModel`.
    """

    def user_vectors(self, queries: Sequence[Query]) -> npt.NDArray[np.float32]:
        """The dear step: one vector per query, shape (len(queries), dim)."""
        ...

    def score_vectors(
        self, vectors: npt.NDArray[np.float32], queries: Sequence[Query]
    ) -> npt.NDArray[np.float32]:
        """The cheap step: scores of the catalogue, shape (len(queries), n_items)."""
        ...


@runtime_checkable
class MomentModel(VectorModel, Protocol):
    """A model whose vectors depend on when it is asked."""

    def moment(self, query: Query) -> Hashable:
        """What of the time of asking the vector depends on; alike for moments of like vectors."""
        ...


def answer_once(model: Fitted) -> None:
    """Ask the model one question, so that mapped arrays are in memory and damage shows."""
    if isinstance(model, Model):
        model.score([Query()])
    if isinstance(model, SegmentModel):
        model.score_users(np.zeros(1, np.int32))
    if isinstance(model, ActionModel):
        model.score_actions([Query()])
