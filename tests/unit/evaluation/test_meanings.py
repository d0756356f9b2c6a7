"""Metrics of lists of items near in meaning."""

from dataclasses import dataclass

import numpy as np
import pytest

from penchant.evaluation.meanings import meaning_metrics


@dataclass
class Plane:
    """Items as directions in a plane; the last has no vector."""

    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1], [0, 0]], np.float32)
    popularity = np.array([1, 0.5, 0.25, 0], np.float32)
    freshness = np.array([0, 0.5, 1, 0], np.float32)

    def score(self, queries):
        wanted = np.array([query.item_index for query in queries])
        scores = self.vectors[wanted] @ self.vectors.T
        scores[np.arange(len(wanted)), wanted] = -2
        return scores.astype(np.float32)


def test_means_over_all_lists_are_told():
    """Each of the three items has a list of the three others, the item without vector too."""
    metrics = meaning_metrics(Plane(), seed=0)
    assert metrics == {
        "coverage": 1.0,
        "item_popularity": pytest.approx((0.5 + 0.25 + 1 + 0.25 + 1 + 0.5) / 9),
        "item_freshness": pytest.approx((0.5 + 1 + 0 + 1 + 0 + 0.5) / 9),
        "item_similarity": pytest.approx(2 * (0.8 + 0 + 0.6) / 9),
    }


def test_of_many_items_some_are_asked_for(monkeypatch):
    monkeypatch.setattr("penchant.evaluation.meanings.MOST_ASKED", 1)
    first, again = (meaning_metrics(Plane(), seed=1) for _ in range(2))
    assert first == again
    assert first["coverage"] == 0.75
