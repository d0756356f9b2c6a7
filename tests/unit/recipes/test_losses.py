"""Losses equal what their formulas say, computed one by one."""

import math

import numpy as np
import torch

from penchant.recipes.losses import sampled_softmax_loss, softmax_loss, targets_loss

SCORES = torch.tensor(np.random.default_rng(0).standard_normal((3, 6)), dtype=torch.float32)
TARGETS = torch.tensor([0, 2, 5])
WEIGHTS = torch.tensor([1.0, 2.0, 0.5])
HITS = SCORES[torch.arange(3), TARGETS]


def expected(candidates_of):
    """Weighted mean of -log p, p = exp(score) / sum of exp(score) over the candidates."""
    total = 0.0
    for row, target in enumerate(TARGETS.tolist()):
        candidates = sum(candidates_of(SCORES[row].double().numpy(), target))
        total += float(WEIGHTS[row]) * (math.log(candidates) - float(SCORES[row, target]))
    return total / float(WEIGHTS.sum())


def sampled(negatives, n_items):
    is_hit = negatives[None] == TARGETS[:, None]
    return float(sampled_softmax_loss(HITS, SCORES[:, negatives], is_hit, WEIGHTS, n_items))


def test_softmax_is_the_weighted_mean_over_the_rows():
    whole = expected(lambda scores, target: np.exp(scores))
    assert math.isclose(float(softmax_loss(SCORES, TARGETS, WEIGHTS)), whole, rel_tol=1e-5)


def test_each_negative_stands_for_its_share_and_never_for_the_target():
    def candidates(scores, target):
        others = [4 * math.exp(scores[item]) for item in (0, 3, 4) if item != target]
        return [math.exp(scores[target]), *others]

    computed = sampled(torch.tensor([0, 3, 4]), 12)
    assert math.isclose(computed, expected(candidates), rel_tol=1e-5)


def test_all_items_as_negatives_come_to_the_whole_softmax():
    whole = float(softmax_loss(SCORES, TARGETS, WEIGHTS))
    assert math.isclose(sampled(torch.arange(6), 6), whole, rel_tol=1e-5)


def test_several_right_answers_are_one_softmax_each():
    questions, targets = torch.tensor([0, 0, 2]), torch.tensor([1, 4, 3])
    weights = torch.tensor([0.5, 0.5, 2.0])
    scores = SCORES.double().numpy()
    total = 0.0
    for question, target, weight in zip(questions, targets, weights, strict=True):
        share = math.exp(scores[question, target]) / np.exp(scores[question]).sum()
        total -= float(weight) * math.log(share)
    loss = targets_loss(SCORES, questions, targets, weights)
    assert math.isclose(float(loss), total / 3.0, rel_tol=1e-5)
