"""The answers of batch inference jobs, a batch of lines at a time.

Each is what a campaign with the same settings would answer at that moment.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from penchant.data.queries import Query
from penchant.data.top_k import Scores
from penchant.data.vocabulary import UNKNOWN
from penchant.models.contract import Model, VectorModel
from penchant.serving import answers
from penchant.serving.deployment import Deployment
from penchant.serving.recommendation_ids import seed_of
from penchant.serving.scoring import ScoredCatalogue
from penchant.serving.sight import let_through
from penchant.serving.user_events import NEWEST_EVENTS
from penchant.store.events import EventLog
from penchant.worker.batch.lines import Ask, LineRefused, Output
from penchant.worker.batch.sieve import ItemSieve

BATCH: Final = 64
BLOCK_BYTES: Final = 4 * 2**20
ITEMS: Final = "recommendedItems"
T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """How a job asks about users.

    Attributes:
        deployment: What answers, under the job's settings.
        log: What users did since the training.
        now: When the job asks, epoch seconds.
    """

    deployment: Deployment
    log: EventLog
    now: int

    def scores(self, asks: Sequence[Ask]) -> Iterator[Scores]:
        """The catalogue's scores of every line's user, each (n_items,)."""
        return score_rows(self.deployment.artifact.item_model, [self._query(ask) for ask in asks])

    def _query(self, ask: Ask) -> Query:
        stream = self.deployment.events_stream
        events = self.log.newest(stream, ask.user_id, NEWEST_EVENTS)
        return self.deployment.query(ask.user_id, events, self.now)


@dataclass(frozen=True)
class Personal:
    """Items for users, what a filter lets through beside the catalogue with the score 0.

    `seed_text` is what the chance of exploration comes from.
    """

    asked: Asked
    sieve: ItemSieve
    n: int
    seed_text: str
    required: tuple[str, ...] = ("userId",)
    results: str = ITEMS
    batch: int = BATCH

    def answer(self, asks: Sequence[Ask]) -> Iterator[Output | LineRefused]:
        """See `Answerer`."""
        return map(partial(tried, self._one), asks, self.asked.scores(asks))

    def _one(self, ask: Ask, scores: Scores) -> Output:
        seed = seed_of(ask.user_id, self.seed_text)
        scored, passing = ScoredCatalogue(scores), self.sieve.passing(ask)
        return _with_scores(answers.personal(self.asked.deployment, scored, self.n, passing, seed))


@dataclass(frozen=True)
class Ranked:
    """Lists in another order; what a model has not met comes last, with the score 0."""

    asked: Asked
    sieve: ItemSieve
    required: tuple[str, ...] = ("userId", "itemList")
    results: str = ITEMS
    batch: int = BATCH

    def answer(self, asks: Sequence[Ask]) -> Iterator[Output | LineRefused]:
        """See `Answerer`."""
        return map(partial(tried, self._one), asks, self.asked.scores(asks))

    def _one(self, ask: Ask, scores: Scores) -> Output:
        entries = let_through(self.sieve.passing(ask), ask.item_list)
        return _with_scores(answers.ranking(self.asked.deployment, scores, entries))


@dataclass(frozen=True)
class Popular:
    """The same items for everybody, but for filters."""

    deployment: Deployment
    sieve: ItemSieve
    n: int
    required: tuple[str, ...] = ("userId",)
    results: str = ITEMS
    batch: int = BATCH

    def answer(self, asks: Sequence[Ask]) -> Iterator[Output | LineRefused]:
        """See `Answerer`."""
        return map(partial(tried, self._one), asks)

    def _one(self, ask: Ask) -> Output:
        found = answers.popular(self.deployment, self.n, self.sieve.passing(ask))
        return {ITEMS: [item["itemId"] for item in found]}


@dataclass(frozen=True)
class Related:
    """Items like an item; popular ones beside an item that the model does not know."""

    deployment: Deployment
    sieve: ItemSieve
    n: int
    required: tuple[str, ...] = ("itemId",)
    results: str = ITEMS
    batch: int = BATCH

    def answer(self, asks: Sequence[Ask]) -> Iterator[Output | LineRefused]:
        """See `Answerer`."""
        items = self.deployment.artifact.items.indices([ask.item_id for ask in asks]).tolist()
        queries = [Query(item_index=item) for item in items if item != UNKNOWN]
        scores = score_rows(self.deployment.artifact.item_model, queries)
        for ask, item in zip(asks, items, strict=True):
            row = next(scores) if item != UNKNOWN else None
            yield tried(self._one, ask, item, row)

    def _one(self, ask: Ask, item: int, scores: Scores | None) -> Output:
        passing = self.sieve.passing(ask)
        if scores is None:
            found = answers.popular(self.deployment, self.n, passing)
        else:
            found = answers.near(self.deployment, item, scores, self.n, passing)
        return {ITEMS: [one["itemId"] for one in found]}


def tried(answer: Callable[..., T], *asked: Any) -> T | LineRefused:
    """An answer, or why there is none."""
    try:
        return answer(*asked)
    except LineRefused as fault:
        return fault


def score_rows(model: Model, queries: Sequence[Query]) -> Iterator[Scores]:
    """The scores of each query, (n_items,): vectors at once, the catalogue in blocks that fit."""
    size = max(1, BLOCK_BYTES // (4 * max(len(model.items), 1)))
    vectors = model.user_vectors(queries) if isinstance(model, VectorModel) else None
    for start in range(0, len(queries), size):
        some = queries[start : start + size]
        if isinstance(model, VectorModel) and vectors is not None:
            yield from model.score_vectors(vectors[start : start + size], some)
        else:
            yield from model.score(some)


def _with_scores(found: list[dict[str, Any]]) -> Output:
    return {
        ITEMS: [item["itemId"] for item in found],
        "scores": [item.get("score", 0.0) for item in found],
    }
