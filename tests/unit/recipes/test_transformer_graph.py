"""The ONNX graph computes what the network does."""

import numpy as np
import onnxruntime
import pytest
import torch

from penchant.models.attributes import Attributes
from penchant.models.transformer_shape import LATER, NOW, Shape
from penchant.recipes.transformer_graph import transformer_graph
from penchant.recipes.transformer_network import Known, Network

DIM, B, N = 8, 3, 5


@pytest.mark.parametrize(("n_blocks", "n_heads"), [(1, 1), (2, 2), (3, 4)])
def test_the_graph_computes_what_torch_computes(n_blocks, n_heads):
    torch.manual_seed(0)
    shape = Shape(
        n_steps=7, n_blocks=n_blocks, n_heads=n_heads, max_history=9, decays=(0.5, 1.0),
        value_edges=(),
    )  # fmt: skip
    nothing = Attributes(np.zeros((4, 1), np.int32), 1)
    network = Network(
        shape, dim=DIM, n_marks=3, items=nothing, users=nothing, contexts=nothing,
        dropout=0.5, blindness=0.5,
    )  # fmt: skip
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn(parameter.shape))
    network.eval()
    rng = np.random.default_rng(0)
    lengths = np.array([5, 1, 3])
    given = {
        "steps": rng.standard_normal((B, N, DIM), np.float32),
        "distances": rng.integers(0, 30, (B, N, N)),
        "ages": shape.ages()[:N, :N],
        "seen": shape.seen()[:N, :N],
        "last": np.eye(N, dtype=np.float32)[lengths - 1][:, None],
        "means": rng.standard_normal((B, 2 * DIM), np.float32),
        "about": rng.standard_normal((B, DIM), np.float32),
        "asked": rng.standard_normal((B, DIM), np.float32),
        "later": np.array([[0], [1], [0]], np.float32),
    }
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    graph = transformer_graph(weights, shape)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    (computed,) = session.run(["vectors"], given)
    at = {name: torch.as_tensor(array) for name, array in given.items()}
    with torch.no_grad():
        steps = at["steps"]
        for block in network.blocks:
            steps = block(steps, at["ages"], at["distances"], at["seen"])
        hidden = steps[torch.arange(B), torch.as_tensor(lengths - 1)]
        nobody = torch.zeros(B, DIM)
        known = Known(hidden, at["means"], nobody)
        now = network.head(NOW)(known, at["about"])
        later = network.head(LATER)(known, at["asked"])
        expected = torch.where(at["later"] > 0, later, now)
    np.testing.assert_allclose(computed, expected, atol=1e-4)
