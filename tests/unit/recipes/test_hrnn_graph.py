"""The ONNX graph computes what the network does."""

import numpy as np
import onnxruntime
import torch
from torch import nn

from penchant.recipes.hrnn_graph import hrnn_graph

DIM, HIDDEN, DECAYS = 4, 6, 2


def test_the_graph_computes_what_torch_computes_for_sequences_of_unlike_length():
    torch.manual_seed(0)
    parts = nn.ModuleDict(
        {
            "initial": nn.Linear((DECAYS + 1) * DIM, HIDDEN),
            "gru": nn.GRU(DIM, HIDDEN),
            "decode": nn.Linear(HIDDEN, DIM),
            "mix": nn.Linear(DECAYS * DIM, DIM, bias=False),
            "norm": nn.LayerNorm(DIM),
        }
    )
    weights = {name: tensor.numpy() for name, tensor in parts.state_dict().items()}
    session = onnxruntime.InferenceSession(
        hrnn_graph(weights, DECAYS), providers=["CPUExecutionProvider"]
    )
    lengths = np.array([5, 1, 3], np.int32)
    steps = torch.randn(5, 3, DIM)
    means, older = torch.randn(2, 3, DECAYS * DIM)
    users = torch.randn(3, DIM)
    (computed,) = session.run(
        ["vectors"],
        {
            "steps": steps.numpy(),
            "lengths": lengths,
            "means": means.numpy(),
            "older": older.numpy(),
            "users": users.numpy(),
        },
    )
    with torch.no_grad():
        state = torch.tanh(parts["initial"](torch.cat([older, users], dim=1)))
        hidden, _ = parts["gru"](steps, state[None])
        last = hidden[torch.tensor(lengths - 1), torch.arange(3)]
        expected = parts["norm"](parts["decode"](last) + parts["mix"](means) + users)
    np.testing.assert_allclose(computed, expected, atol=1e-5)
