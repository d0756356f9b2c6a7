import numpy as np
import pytest
from scipy.optimize import minimize

from penchant.recipes.affinity_weights import _likelihood, _maximised


def rounds(truth, n=400, m=10, seed=0):
    """Rounds in which the first user is drawn with the probabilities that `truth` gives."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n, m, 7))
    scores = features @ truth
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    for row, share in zip(features, shares, strict=True):
        chosen = rng.choice(m, p=share)
        row[[0, chosen]] = row[[chosen, 0]]
    return features


def test_the_weights_that_made_the_data_are_found():
    truth = np.array([1.0, -0.5, 0, 2, 0.3, 0, -1])
    assert _maximised(rounds(truth, n=4000)) == pytest.approx(truth, abs=0.15)


def test_no_other_optimiser_finds_better_ones():
    features = rounds(np.array([1.0, -0.5, 0, 2, 0.3, 0, -1]))
    found = minimize(lambda weights: -_likelihood(features, weights), np.zeros(7))
    assert _maximised(features) == pytest.approx(found.x, abs=1e-2)


def test_features_that_tell_apart_perfectly_give_finite_weights():
    features = np.zeros((50, 4, 7))
    features[:, 0, 0] = 1
    weights = _maximised(features)
    assert weights[0] > 1
    assert np.isfinite(weights).all()
    assert (weights[1:] == 0).all()
