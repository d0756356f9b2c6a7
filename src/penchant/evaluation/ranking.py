"""From scores to ranked lists, in batches of bounded memory."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Protocol

import numpy as np

from penchant.data.queries import Query
from penchant.data.top_k import top_k
from penchant.data.training_set import Float32s, Int32s

NO_ITEM = -1
BATCH_BYTES = 64 * 2**20
_BYTES_PER_SCORE = 12  # the score, its copy and masks
_MOST_QUERIES = 512


class Seen(StrEnum):
    """Whether lists may hold what a user had before: items of the query's history."""

    KEPT = "kept"
    REMOVED = "removed"


class Scorer(Protocol):
    """Whatever scores the catalogue; every fitted model does."""

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Score the whole catalogue, shape (len(queries), n_items); higher is better."""
        ...


def rank(scorer: Scorer, queries: Sequence[Query], k: int, *, remove_seen: bool) -> Int32s:
    """The best `k` items of every query, best first, shape (len(queries), k).

    Items of equal score stand in the order of their indices, so lists are reproducible. `NO_ITEM`
    (-1) fills lists for which too few items are left.

    Args:
        scorer: Asked in batches of about `BATCH_BYTES`.
        queries: What to ask.
        k: Length of the lists; it may exceed the catalogue.
        remove_seen: Leave out the items of each query's history.

    Raises:
        ValueError: The scorer answered NaN.
    """
    return rank_both(scorer, queries, k)[Seen.REMOVED if remove_seen else Seen.KEPT]


def rank_both(scorer: Scorer, queries: Sequence[Query], k: int) -> dict[Seen, Int32s]:
    """`rank` with seen items kept and removed, asking the scorer once.

    Raises:
        ValueError: The scorer answered NaN.
    """
    kept = np.full((len(queries), k), NO_ITEM, np.int32)
    removed = kept.copy()
    for start, scores in _batches(scorer, queries):
        stop = start + len(scores)
        kept[start:stop] = lists_of(scores, k)
        unseen = np.array(scores, np.float32)
        seen = [np.unique(query.history.items) for query in queries[start:stop]]
        rows = np.repeat(np.arange(len(seen)), [len(items) for items in seen])
        unseen[rows, np.concatenate(seen)] = -np.inf
        removed[start:stop] = lists_of(unseen, k)
    return {Seen.KEPT: kept, Seen.REMOVED: removed}


def lists_of(scores: Float32s, k: int) -> Int32s:
    """`top_k` of every row of scores (b, n_items), filled with `NO_ITEM`, shape (b, k).

    Raises:
        ValueError: A score is NaN.
    """
    if np.isnan(scores).any():
        raise ValueError("a score is NaN: the model is broken, train it again")
    lists = np.full((len(scores), k), NO_ITEM, np.int32)
    for row, values in zip(lists, scores, strict=True):
        best = top_k(values, k)
        row[: len(best)] = best
    return lists


def _batches(scorer: Scorer, queries: Sequence[Query]) -> Iterator[tuple[int, Float32s]]:
    """Scores (b, n_items) of consecutive queries; the first batch, of one, tells the width."""
    start, n = 0, 1
    while start < len(queries):
        scores = scorer.score(queries[start : start + n])
        yield start, scores
        start += n
        n = max(1, min(_MOST_QUERIES, BATCH_BYTES // (_BYTES_PER_SCORE * scores.shape[1])))
