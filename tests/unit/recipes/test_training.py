"""The shared loop: rates rise and fall, progress is told twice a second, seeds stay inside."""

import pytest
import torch
from torch import nn

from penchant.recipes.training import Optimizer, Reporter, one_cycle, seeded, training_device


@pytest.mark.parametrize("n_steps", [1, 2, 9, 100])
def test_the_rate_rises_then_falls_and_is_never_zero(n_steps):
    rates = [one_cycle(step, n_steps) for step in range(n_steps + 5)]
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert min(rates) > 0
    assert max(rates) <= 1


def test_progress_is_told_at_most_twice_a_second_with_the_mean_loss():
    told = []
    times = iter([10.0, 10.0, 10.2, 10.4, 10.6, 10.6])
    reporter = Reporter(told.append, 3, clock=lambda: next(times))
    for done, loss in enumerate([1.0, 2.0, 3.0, 4.0]):
        reporter.step(1, done / 3, torch.tensor(loss))
    assert [(step.done, step.loss) for step in told] == [(0, 1.0), (1, 3.0)]
    assert told[0].n_epochs == 3


def test_torchs_randomness_is_the_seeds_inside_and_untouched_outside():
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    with seeded(5):
        inside = torch.rand(2)
    assert torch.equal(torch.rand(2), expected)
    with seeded(5):
        assert torch.equal(torch.rand(2), inside)


def test_dense_and_sparse_parameters_learn():
    torch.manual_seed(0)
    table = nn.Embedding(4, 2, sparse=True)
    network = nn.Sequential(table, nn.Linear(2, 1))
    before = table.weight.detach().clone()
    optimizer = Optimizer(
        network,
        swift=[network[1].bias],
        learning_rate=0.1,
        n_steps=60,
        weight_decay=0.0,
    )
    losses = []
    for _ in range(60):
        loss = (network(torch.tensor([0, 1])) - torch.tensor([[1.0], [-1.0]])).square().mean()
        optimizer.step(loss)
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.1 * losses[0]
    assert torch.equal(table.weight[2:], before[2:])
    assert not torch.equal(table.weight[:2], before[:2])


def test_the_device_is_a_processor_where_there_is_no_graphics_card():
    assert training_device().type == ("cuda" if torch.cuda.is_available() else "cpu")
