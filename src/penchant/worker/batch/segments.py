"""The answers of batch segment jobs: users for items, or for attributes of items."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from penchant.data.top_k import Scores, top_k
from penchant.data.training_set import Bools
from penchant.data.vocabulary import UNKNOWN
from penchant.models.affinity import AffinityModel
from penchant.models.artifacts import Artifact
from penchant.models.contract import SegmentModel
from penchant.serving.batch_conditions import read_conditions
from penchant.serving.batch_lines import Ask, LineRefused, Output
from penchant.worker.batch.answers import tried

USERS: Final = "usersList"
BATCH: Final = 16

Allowed = Callable[[Ask], Bools | None]
"""Which users may stand in a line's segment, shape (n_users,); None: all."""


@dataclass(frozen=True)
class Segments:
    """The `n` users of the highest affinity, best first."""

    artifact: Artifact
    allowed: Allowed
    n: int
    score: Callable[[Ask], Scores]
    required: tuple[str, ...]
    results: str = USERS
    batch: int = BATCH

    def answer(self, asks: Sequence[Ask]) -> Iterator[Output | LineRefused]:
        """See `Answerer`."""
        return map(partial(tried, self._one), asks)

    def _one(self, ask: Ask) -> Output:
        scores, allowed = self.score(ask), self.allowed(ask)
        if allowed is not None:
            scores = np.where(allowed, scores, np.float32(-np.inf))
        users = self.artifact.users
        return {USERS: [users.name(index) for index in top_k(scores, self.n).tolist()]}


def segments_of(artifact: Artifact, allowed: Allowed, n: int) -> Segments:
    """What answers with a model that finds users: by attributes where it knows any.

    Raises:
        ValueError: The model finds no users.
    """
    model = artifact.model
    if isinstance(model, AffinityModel) and model.attributes is not None:
        by_attributes = partial(_for_attributes, model)
        return Segments(artifact, allowed, n, by_attributes, ("itemAttributes",))
    if isinstance(model, SegmentModel):
        return Segments(artifact, allowed, n, partial(_for_item, model), ("itemId",))
    raise ValueError(f"{artifact.folder} holds a model that finds no users")


def _for_item(model: SegmentModel, ask: Ask) -> Scores:
    item = model.items.index(ask.item_id)
    if item == UNKNOWN:
        raise LineRefused(f"the item {ask.item_id!r} was not there at the training")
    scores: Scores = model.score_users(np.array([item], np.int32))[0]
    return scores


def _for_attributes(model: AffinityModel, ask: Ask) -> Scores:
    conditions = read_conditions(ask.attributes)
    try:
        return model.score_users_for_attributes(conditions)
    except ValueError as error:
        raise LineRefused(str(error)) from error
