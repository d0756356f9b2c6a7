import pytest
import torch
from torch.nn import functional

from penchant.models.transformer_shape import Shape
from penchant.recipes.attention import GatedAttention

N, DIM, HEADS = 4, 6, 2
SHAPE = Shape(n_steps=N, n_blocks=1, n_heads=HEADS, max_history=9, decays=(1.0,), value_edges=())


@pytest.fixture
def block():
    torch.manual_seed(0)
    block = GatedAttention(DIM, HEADS, N, dropout=0.0).eval()
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.add_(0.5 * torch.randn(parameter.shape))
    return block


@pytest.fixture
def given():
    torch.manual_seed(1)
    steps, distances = torch.randn(2, N, DIM), torch.randint(0, 9, (2, N, N))
    return steps, torch.as_tensor(SHAPE.ages()), distances, torch.as_tensor(SHAPE.seen())


def test_no_step_sees_what_comes_after_it(block, given):
    steps, *rest = given
    changed = steps.clone()
    changed[:, 2:] += 1
    before, after = block(steps, *rest), block(changed, *rest)
    assert torch.allclose(before[:, :2], after[:, :2])
    assert not torch.allclose(before[:, 2:], after[:, 2:])


def test_a_step_gathers_what_the_papers_formula_says(block, given):
    steps, _, distances, _ = given
    b, at = 1, 3
    spread = functional.silu(block.spread(block.norm(steps[b])))
    gates, values, queries, keys = spread.split(DIM, dim=1)
    gathered = []
    for head in range(HEADS):
        part = slice(head * DIM // HEADS, (head + 1) * DIM // HEADS)
        total = torch.zeros(DIM // HEADS)
        for other in range(at + 1):
            score = queries[at, part] @ keys[other, part] / (DIM // HEADS) ** 0.5
            score += block.places[head, at - other] + block.times[head, distances[b, at, other]]
            total += functional.silu(score) * values[other, part] / (at + 1) ** 0.5
        gathered.append(total)
    normed = block.gathered_norm(torch.cat(gathered))
    expected = steps[b, at] + block.gather(normed * gates[at])
    torch.testing.assert_close(block(*given)[b, at], expected)


def test_how_far_apart_events_are_in_time_tells(block, given):
    steps, ages, distances, seen = given
    assert not torch.allclose(block(*given), block(steps, ages, distances + 1, seen))
