import numpy as np
import pytest

from penchant.data.top_k import top_k
from penchant.serving.scoring import LEADING, ScoredCatalogue


def test_shares_of_the_whole_catalogue_add_up_to_one():
    scores = np.random.default_rng(0).standard_normal(1_000).astype(np.float32)
    assert ScoredCatalogue(scores).shares(np.arange(1_000)).sum() == pytest.approx(1, abs=1e-8)


def test_shares_are_the_softmax_by_its_formula():
    scores = np.array([0.0, 1.0, 2.0], np.float32)
    expected = np.exp([2.0, 0.0]) / (1 + np.e + np.e**2)
    assert ScoredCatalogue(scores).shares(np.array([2, 0])) == pytest.approx(expected)


def test_shares_survive_scores_that_overflow_the_exponential():
    scores = np.array([1e4, 1e4, -1e30], np.float32)
    assert ScoredCatalogue(scores).shares(np.arange(3)).tolist() == [0.5, 0.5, 0.0]


def test_shares_are_as_exact_as_they_are_printed():
    scores = (4 * np.random.default_rng(0).standard_normal(10_000)).astype(np.float32)
    powers = np.exp(scores.astype(np.float64) - scores.max())
    wanted = powers / powers.sum()
    assert np.abs(ScoredCatalogue(scores).shares(np.arange(10_000)) - wanted).max() < 1e-8


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("n", [0, 5, 25, 500])
def test_the_best_of_what_is_allowed_are_those_of_the_allowed_alone(share, n):
    chance = np.random.default_rng(n)
    scores = chance.integers(0, 300, 5_000).astype(np.float32)  # with many equal ones
    scores[chance.random(5_000) < 0.1] = -np.inf
    allowed = chance.random(5_000) < share
    wanted = top_k(np.where(allowed, scores, -np.inf).astype(np.float32), n)
    assert ScoredCatalogue(scores).best(n, allowed).tolist() == wanted.tolist()


def test_the_best_are_found_where_none_of_the_leading_ones_is_allowed():
    scores = np.arange(1_000, dtype=np.float32)
    allowed = scores < 1_000 - LEADING
    assert ScoredCatalogue(scores).best(2, allowed).tolist() == [999 - LEADING, 998 - LEADING]
