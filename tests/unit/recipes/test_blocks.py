"""Shared parts of networks compute what their formulas say."""

import numpy as np
import torch

from penchant.recipes.attributes import Attributes
from penchant.recipes.blocks import AttributeVectors, DecayedMeans, embedding, normed

DECAYS = np.array([0.5, 1.0])
WEIGHTS = np.power(DECAYS[:, None], np.arange(12)[None]).astype(np.float32)


def test_decayed_means_are_sums_over_the_root_of_their_weight():
    rng = np.random.default_rng(0)
    events = rng.standard_normal((7, 3)).astype(np.float32)
    means = DecayedMeans(WEIGHTS, 4)
    # the first three events lie before the window of the last four
    older = means.older(
        torch.tensor(events), torch.arange(3), torch.tensor([2, 1, 0]), torch.tensor([0])
    )
    computed = means(torch.tensor(events[3:, None]), torch.ones(4, 1), older)
    assert computed.shape == (2, 4, 1, 3)
    for d, decay in enumerate(DECAYS):
        for step in range(4):
            ages = np.arange(step + 4)[::-1]
            shares = decay**ages
            expected = shares @ events[: step + 4] / np.sqrt(max(1, shares.sum()))
            np.testing.assert_allclose(computed[d, step, 0], expected, rtol=1e-4, atol=1e-6)


def test_a_step_that_is_no_event_does_not_count():
    means = DecayedMeans(WEIGHTS, 2)
    none = torch.zeros(0, dtype=torch.int64)
    table = torch.ones(1, 3)
    older = means.older(table, none, none, torch.tensor([0]))
    computed = means(torch.ones(2, 1, 3), torch.tensor([[0.0], [1.0]]), older)
    assert torch.equal(computed[:, 0], torch.zeros(2, 1, 3))
    assert torch.equal(computed[:, 1], torch.ones(2, 1, 3))


def test_bags_of_older_events_may_be_empty():
    means = DecayedMeans(WEIGHTS, 2)
    begins = torch.tensor([0, 0, 2, 2])
    sums, mass = means.older(torch.eye(3), torch.tensor([0, 1]), torch.tensor([1, 0]), begins)
    np.testing.assert_allclose(sums[0], [[0, 0, 0], [0.5, 1, 0], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(mass, [[0, 1.5, 0, 0], [0, 2, 0, 0]])
    np.testing.assert_allclose(normed(sums, mass)[1, 1], [2**-0.5, 2**-0.5, 0])


def test_attribute_vectors_are_scaled_sums_and_zero_without_values():
    attributes = Attributes(np.array([[1, 2], [2, 0], [0, 0]], np.int32), 3)
    vectors = AttributeVectors(attributes, 4)
    table = vectors.table.weight.detach().numpy()
    with torch.no_grad():
        computed = vectors(torch.tensor([2, 0, 1])).numpy()
    expected = [np.zeros(4), (table[1] + table[2]) / np.sqrt(2), table[2]]
    np.testing.assert_allclose(computed, expected, rtol=1e-5)
    assert not vectors.empty
    assert AttributeVectors(Attributes(np.zeros((2, 1), np.int32), 1), 4).empty


def test_the_padding_row_of_a_table_is_zero():
    assert not embedding(3, 5, padding=1).weight[1].any()
    assert embedding(3, 5).weight.all()
