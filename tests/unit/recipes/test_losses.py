"""Losses equal what their formulas say, computed one by one."""

import math

import numpy as np
import torch

from penchant.recipes.losses import sampled_softmax_loss, softmax_loss

VECTORS = torch.tensor(np.random.default_rng(0).standard_normal((3, 4)), dtype=torch.float32)
ITEMS = torch.tensor(np.random.default_rng(1).standard_normal((6, 4)), dtype=torch.float32)
BIAS = torch.tensor([0.1, -0.2, 0.3, 0.0, 0.5, -0.4])
TARGETS = torch.tensor([[0, 2, 5], [1, -1, 0]])
WEIGHTS = torch.tensor([[1.0, 2.0, 1.0], [0.5, 9.0, 0.25]])


def expected(candidates_of):
    """Weighted mean of -log p, p = exp(score) / sum of exp(score) over the candidates."""
    scores = (VECTORS @ ITEMS.T + BIAS).double().numpy()
    total = weight = 0.0
    for row in range(3):
        for answer, share in zip(TARGETS[:, row].tolist(), WEIGHTS[:, row].tolist(), strict=True):
            if answer >= 0:
                terms = candidates_of(row, answer, scores)
                total -= share * (scores[row, answer] - math.log(sum(terms)))
                weight += share
    return total / weight


def test_softmax_is_the_weighted_mean_over_the_right_answers():
    loss = softmax_loss(VECTORS @ ITEMS.T + BIAS, TARGETS, WEIGHTS)
    whole = expected(lambda row, answer, scores: np.exp(scores[row]))
    assert math.isclose(float(loss), whole, rel_tol=1e-5)


def test_each_negative_stands_for_its_share_and_never_for_the_answer():
    negatives = torch.tensor([0, 3, 3])
    loss = sampled_softmax_loss(VECTORS, ITEMS, BIAS, TARGETS, WEIGHTS, negatives, 12)

    def candidates(row, answer, scores):
        others = [4 * math.exp(scores[row, item]) for item in (0, 3, 3) if item != answer]
        return [math.exp(scores[row, answer]), *others]

    assert math.isclose(float(loss), expected(candidates), rel_tol=1e-5)


def test_many_negatives_come_to_the_whole_softmax():
    negatives = torch.randint(0, 6, (60_000,), generator=torch.Generator().manual_seed(0))
    sampled = sampled_softmax_loss(VECTORS, ITEMS, BIAS, TARGETS[:1], WEIGHTS[:1], negatives, 6)
    scores = VECTORS @ ITEMS.T + BIAS
    # the answer stands among the candidates once more than it is drawn against itself
    whole = softmax_loss(scores, TARGETS[:1], WEIGHTS[:1])
    assert abs(float(sampled) - float(whole)) < 0.02


def test_no_answer_at_all_is_no_loss():
    none = torch.full((1, 3), -1)
    scores = VECTORS @ ITEMS.T
    assert float(softmax_loss(scores, none, WEIGHTS[:1])) == 0
    negatives = torch.tensor([1])
    assert float(sampled_softmax_loss(VECTORS, ITEMS, BIAS, none, WEIGHTS[:1], negatives, 6)) == 0
