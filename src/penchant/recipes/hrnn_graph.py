"""The trained HRNN as an ONNX graph, built operator by operator."""

from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper

from penchant.models.arrays import Weights
from penchant.recipes.onnx_bytes import NORM_EPSILON, Dimensions, serialised


def hrnn_graph(weights: Weights, n_decays: int, *, contextual: bool = False) -> bytes:
    """Serialise the way from a user's history to the user's vector.

    Inputs: `steps` (n_steps, b, dim), newest last; `lengths` (b,) int32, steps in use; `means` and
    `older` (b, n_decays * dim); `users` and, where `contextual`, `moments` (b, dim). Output:
    `vectors` (b, dim).

    Args:
        weights: Arrays by the names of `recipes.hrnn.Network`.
        n_decays: Number of decayed means.
        contextual: Whether it takes what is told of the moment.
    """
    hidden = weights["gru.weight_hh_l0"].shape[1]
    dim = weights["decode.weight"].shape[0]
    node = helper.make_node
    nodes = [
        node("Concat", ["older", "users"], ["before"], axis=1),
        node("Gemm", ["before", "initial.weight", "initial.bias"], ["begun"], transB=1),
        node("Tanh", ["begun"], ["began"]),
        node("Unsqueeze", ["began", "axis"], ["state"]),
        node(
            "GRU",
            ["steps", "gru.input", "gru.recurrent", "gru.bias", "lengths", "state"],
            ["", "last"],
            hidden_size=hidden,
            linear_before_reset=1,
        ),
        node("Squeeze", ["last", "axis"], ["hidden"]),
        node("Gemm", ["hidden", "decode.weight", "decode.bias"], ["decoded"], transB=1),
        node("Gemm", ["means", "mix.weight", "decoded"], ["mixed"], transB=1),
        node("Sum", ["mixed", "users", *(["moments"] if contextual else [])], ["sum"]),
        node(
            "LayerNormalization",
            ["sum", "norm.weight", "norm.bias"],
            ["vectors"],
            epsilon=NORM_EPSILON,
        ),
    ]
    plain = ("initial.weight", "initial.bias", "decode.weight", "decode.bias", "mix.weight")
    constants = {name: weights[name] for name in (*plain, "norm.weight", "norm.bias")}
    constants |= _recurrent(weights) | {"axis": np.array([0], np.int64)}
    inputs = _inputs(dim, n_decays, contextual=contextual)
    return serialised("hrnn", nodes, inputs, ("vectors", ["b", dim]), constants)


def _inputs(dim: int, n_decays: int, *, contextual: bool) -> dict[str, tuple[int, Dimensions]]:
    floats = TensorProto.FLOAT
    about = ("users", "moments") if contextual else ("users",)
    return {
        "steps": (floats, ["n_steps", "b", dim]),
        "lengths": (TensorProto.INT32, ["b"]),
        "means": (floats, ["b", n_decays * dim]),
        "older": (floats, ["b", n_decays * dim]),
        **{name: (floats, ["b", dim]) for name in about},
    }


def _recurrent(weights: Weights) -> dict[str, npt.NDArray[Any]]:
    """The layer's weights with one direction in front, gates in ONNX's order."""
    biases = [_gates(weights[f"gru.bias_{part}_l0"]) for part in ("ih", "hh")]
    return {
        "gru.input": _gates(weights["gru.weight_ih_l0"])[None],
        "gru.recurrent": _gates(weights["gru.weight_hh_l0"])[None],
        "gru.bias": np.concatenate(biases)[None],
    }


def _gates(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """From torch's order of gates (reset, update, new) to ONNX's (update, reset, new)."""
    reset, update, new = np.split(array, 3)
    return np.concatenate([update, reset, new])
