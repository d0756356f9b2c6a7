import numpy as np
import pytest

from penchant.serving.scoring import shares


def test_shares_of_the_whole_catalogue_add_up_to_one():
    scores = np.random.default_rng(0).standard_normal(1_000).astype(np.float32)
    assert shares(scores, np.arange(1_000)).sum() == pytest.approx(1, abs=1e-8)


def test_shares_are_the_softmax_by_its_formula():
    scores = np.array([0.0, 1.0, 2.0], np.float32)
    expected = np.exp([2.0, 0.0]) / (1 + np.e + np.e**2)
    assert shares(scores, np.array([2, 0])) == pytest.approx(expected)


def test_shares_survive_scores_that_overflow_the_exponential():
    scores = np.array([1e4, 1e4, -1e30], np.float32)
    assert shares(scores, np.arange(3)).tolist() == [0.5, 0.5, 0.0]


def test_shares_are_as_exact_as_they_are_printed():
    scores = (4 * np.random.default_rng(0).standard_normal(10_000)).astype(np.float32)
    powers = np.exp(scores.astype(np.float64) - scores.max())
    wanted = powers / powers.sum()
    assert np.abs(shares(scores, np.arange(10_000)) - wanted).max() < 1e-8
