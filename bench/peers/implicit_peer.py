"""Models of `implicit`, at its defaults but 100 neighbours."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import CosineRecommender, TFIDFRecommender
from rows import LIST_LENGTH, Fitted, Options, Peer, Rows, now
from scipy import sparse


def als(rows: Rows, options: Options) -> Iterator[Fitted]:
    model = AlternatingLeastSquares(num_threads=options.threads, random_state=options.seed)
    return _fitted(model, rows)


def bpr(rows: Rows, options: Options) -> Iterator[Fitted]:
    model = BayesianPersonalizedRanking(num_threads=options.threads, random_state=options.seed)
    return _fitted(model, rows)


def cosine(rows: Rows, options: Options) -> Iterator[Fitted]:
    return _fitted(CosineRecommender(K=100, num_threads=options.threads), rows)


def tfidf(rows: Rows, options: Options) -> Iterator[Fitted]:
    return _fitted(TFIDFRecommender(K=100, num_threads=options.threads), rows)


def _fitted(model: Any, rows: Rows) -> Iterator[Fitted]:
    began = now()
    ones = np.ones(len(rows.users), np.float32)
    places = (rows.users, rows.items)
    table = sparse.csr_matrix((ones, places), (rows.n_users, rows.n_items))
    table.data[:] = 1  # a repeated choice counts once
    model.fit(table, show_progress=False)
    yield Fitted(now() - began, 0, _ranker(model, table, rows))


def _ranker(model: Any, table: sparse.csr_matrix, rows: Rows) -> Callable[[bool], np.ndarray]:
    def rank(remove_seen: bool) -> np.ndarray:
        found, _ = model.recommend(
            rows.test_users,
            table[rows.test_users],
            N=LIST_LENGTH,
            filter_already_liked_items=remove_seen,
        )
        return found

    return rank


PEERS: dict[str, Peer] = {
    "implicit ALS": als,
    "implicit BPR": bpr,
    "implicit cosine": cosine,
    "implicit TF-IDF": tfidf,
}
