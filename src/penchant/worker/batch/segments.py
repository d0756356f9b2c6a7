"""The answers of batch segment jobs: users for items, or for attributes of items."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from penchant.data.top_k import Scores
from penchant.data.training_set import Bools, Float32s, Int32s
from penchant.data.vocabulary import UNKNOWN
from penchant.models.affinity import AffinityModel
from penchant.models.artifacts import Artifact
from penchant.models.contract import SegmentModel
from penchant.models.item_attributes import ItemAttributes
from penchant.serving.scoring import ScoredCatalogue
from penchant.worker.batch.answers import tried
from penchant.worker.batch.conditions import read_conditions
from penchant.worker.batch.lines import Ask, LineRefused, Output

USERS: Final = "usersList"
BATCH: Final = 16
BLOCK_BYTES: Final = 64 * 2**20

Allowed = Callable[[Ask], Bools | None]
"""Which users may stand in a line's segment, shape (n_users,); None: all."""


@dataclass(frozen=True)
class Segments:
    """The `n` users of the highest affinity, best first.

    Attributes:
        artifact: Of a model that finds users.
        allowed: What the job's filter lets through.
        n: How many at most.
        group: The items that a line asks for, as indices.
        score: Affinity of all users to any item of each group, shape (len(groups), n_users).
    """

    artifact: Artifact
    allowed: Allowed
    n: int
    group: Callable[[Ask], Int32s]
    score: Callable[[Sequence[Int32s]], Float32s]
    required: tuple[str, ...]
    results: str = USERS
    batch: int = BATCH

    def answer(self, asks: Sequence[Ask]) -> Iterator[Output | LineRefused]:
        """See `Answerer`."""
        groups = [tried(self.group, ask) for ask in asks]
        scores = self._scores([one for one in groups if not isinstance(one, LineRefused)])
        for ask, group in zip(asks, groups, strict=True):
            if isinstance(group, LineRefused):
                yield group
            else:
                yield tried(self._best, ask, next(scores))

    def _scores(self, groups: Sequence[Int32s]) -> Iterator[Scores]:
        size = max(1, BLOCK_BYTES // (4 * max(len(self.artifact.users), 1)))
        for start in range(0, len(groups), size):
            yield from self.score(groups[start : start + size])

    def _best(self, ask: Ask, scores: Scores) -> Output:
        best = ScoredCatalogue(scores).best(self.n, self.allowed(ask))
        return {USERS: [self.artifact.users.name(index) for index in best.tolist()]}


def segments_of(artifact: Artifact, allowed: Allowed, n: int) -> Segments:
    """What answers with a model that finds users: by attributes where it knows any.

    Raises:
        ValueError: The model finds no users.
    """
    model = artifact.model
    if isinstance(model, AffinityModel) and model.attributes is not None:
        group = partial(_with_attributes, model.attributes)
        score = model.score_users_for_groups
        return Segments(artifact, allowed, n, group, score, ("itemAttributes",))
    if isinstance(model, SegmentModel):
        single = partial(_of_items, model)
        return Segments(artifact, allowed, n, partial(_item, model), single, ("itemId",))
    raise ValueError(f"{artifact.folder} holds a model that finds no users")


def _item(model: SegmentModel, ask: Ask) -> Int32s:
    item = model.items.index(ask.item_id)
    if item == UNKNOWN:
        raise LineRefused(f"the item {ask.item_id!r} was not there at the training")
    return np.array([item], np.int32)


def _of_items(model: SegmentModel, items: Sequence[Int32s]) -> Float32s:
    return model.score_users(np.concatenate(items))


def _with_attributes(attributes: ItemAttributes, ask: Ask) -> Int32s:
    conditions = read_conditions(ask.attributes)
    try:
        return attributes.items_with(conditions)
    except ValueError as error:
        raise LineRefused(str(error)) from error
