"""The trained transformer as an ONNX graph, built operator by operator."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from penchant.models.arrays import Weights
from penchant.models.transformer_shape import LATER, NOW, Shape
from penchant.recipes.onnx_bytes import NORM_EPSILON, Dimensions, serialised

_AXIS: Final = np.array([1], np.int64)
_BY_HEAD: Final = [0, 2, 1, 3]


def transformer_graph(weights: Weights, shape: Shape) -> bytes:
    """Serialise the way from a user's history and the moment of asking to the user's vector.

    Inputs: `steps` (b, n, dim), oldest first; `distances` (b, n, n) int64, codes of the time
    between steps; `ages` (n, n) int64 and `seen` (n, n), see `Shape`; `last` (b, 1, n), 1 at the
    newest step; `means` (b, n_decays * dim); `about` and `asked` (b, dim), what is known of the
    user and the moment for the one and the other question; `later` (b, 1), 1 for the other.
    Output: `vectors` (b, dim).

    Args:
        weights: Arrays by the names of `recipes.transformer_network.Network`.
        shape: How histories are read.
    """
    drawing = _Drawing(weights)
    steps = "steps"
    for block in range(shape.n_blocks):
        newest = block == shape.n_blocks - 1
        steps = _block(drawing, f"blocks.{block}", steps, shape.n_heads, newest=newest)
    hidden = drawing.add("Squeeze", [steps, drawing.constant(_AXIS)])
    now = _head(drawing, f"heads.{NOW}", hidden, "about")
    later = _head(drawing, f"heads.{LATER}", hidden, "asked")
    difference = drawing.add("Mul", [drawing.add("Sub", [later, now]), "later"])
    drawing.add("Add", [now, difference], "vectors")
    inputs = _inputs(drawing.dim, len(shape.decays))
    output: tuple[str, Dimensions] = ("vectors", ["b", drawing.dim])
    return serialised("transformer", drawing.nodes, inputs, output, drawing.constants)


class _Drawing:
    """A graph in the making."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.dim = len(weights["first"])
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, npt.NDArray[Any]] = {}

    def add(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """One operator; the name of its output."""
        output = output or f"{kind}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def picked(self, of: str, kind: int = TensorProto.FLOAT) -> str:
        """Of (b, n, k) or (n, k) what stands at the newest step, (b, 1, k)."""
        if kind == TensorProto.FLOAT:
            return self.add("MatMul", ["last", of])
        floats = self.add("Cast", [of], to=TensorProto.FLOAT)
        return self.add("Cast", [self.add("MatMul", ["last", floats])], to=kind)

    def parts(self, of: str, name: str, places: tuple[int, int]) -> list[str]:
        """Two of a layer's parts, each `dim` wide, behind their SiLU."""
        rows = np.concatenate([np.arange(self.dim) + place * self.dim for place in places])
        weight, bias = (self._weights[f"{name}.{kind}"][rows] for kind in ("weight", "bias"))
        product = self.add("MatMul", [of, self.constant(np.ascontiguousarray(weight.T))])
        spread = self.silu(self.add("Add", [product, self.constant(bias)]))
        parts = [f"Split.{len(self.nodes)}.{place}" for place in places]
        sizes = self.constant(np.full(2, self.dim, np.int64))
        self.nodes.append(helper.make_node("Split", [spread, sizes], parts, axis=2))
        return parts

    def weight(self, name: str, *, turned: bool = False) -> str:
        """A trained array as it is, or transposed."""
        array = self._weights[name]
        self.constants[name] = np.ascontiguousarray(array.T if turned else array)
        return name

    def constant(self, array: npt.NDArray[Any]) -> str:
        """An array of the graph's own."""
        name = f"constant.{len(self.constants)}"
        self.constants[name] = array
        return name

    def linear(self, of: str, name: str, *, biased: bool = True) -> str:
        """A layer of weights."""
        product = self.add("MatMul", [of, self.weight(f"{name}.weight", turned=True)])
        return self.add("Add", [product, self.weight(f"{name}.bias")]) if biased else product

    def norm(self, of: str, name: str) -> str:
        """A layer's normalisation."""
        inputs = [of, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.add("LayerNormalization", inputs, epsilon=NORM_EPSILON)

    def silu(self, of: str) -> str:
        """The product with its own sigmoid."""
        return self.add("Mul", [of, self.add("Sigmoid", [of])])


def _inputs(dim: int, n_decays: int) -> dict[str, tuple[int, Dimensions]]:
    floats, integers = TensorProto.FLOAT, TensorProto.INT64
    return {
        "steps": (floats, ["b", "n", dim]),
        "distances": (integers, ["b", "n", "n"]),
        "ages": (integers, ["n", "n"]),
        "seen": (floats, ["n", "n"]),
        "last": (floats, ["b", 1, "n"]),
        "means": (floats, ["b", n_decays * dim]),
        "about": (floats, ["b", dim]),
        "asked": (floats, ["b", dim]),
        "later": (floats, ["b", 1]),
    }


@dataclass(frozen=True)
class _Sight:
    """Names of what a block's asking steps know of where the others are; all steps ask, or one."""

    ages: str
    distances: str
    seen: str

    @classmethod
    def of_newest(cls, drawing: _Drawing) -> "_Sight":
        """Of the newest step of every history, (b, 1, n)."""
        return cls(
            drawing.picked("ages", TensorProto.INT64),
            drawing.picked("distances", TensorProto.INT64),
            drawing.add("Unsqueeze", [drawing.picked("seen"), drawing.constant(_AXIS)]),
        )


def _block(drawing: _Drawing, name: str, steps: str, n_heads: int, *, newest: bool) -> str:
    """`recipes.attention.GatedAttention`, of all steps, or (b, 1, dim) of the `newest` ones."""
    add, dim = drawing.add, drawing.dim
    normed = drawing.norm(steps, f"{name}.norm")
    asking = drawing.picked(normed) if newest else normed
    gates, queries = drawing.parts(asking, f"{name}.spread", (0, 2))
    values, keys = drawing.parts(normed, f"{name}.spread", (1, 3))
    apart = drawing.constant(np.array([0, 0, n_heads, dim // n_heads], np.int64))
    queries, values, keys = (
        add("Transpose", [add("Reshape", [part, apart])], perm=perm)
        for part, perm in ((queries, _BY_HEAD), (values, _BY_HEAD), (keys, [0, 2, 3, 1]))
    )
    scale = drawing.constant(np.array((dim // n_heads) ** -0.5, np.float32))
    scores = add("Mul", [add("MatMul", [queries, keys]), scale])
    sight = _Sight.of_newest(drawing) if newest else _Sight("ages", "distances", "seen")
    places = add("Gather", [drawing.weight(f"{name}.places"), sight.ages], axis=1)
    times = add("Gather", [drawing.weight(f"{name}.times"), sight.distances], axis=1)
    # (n_heads, b, n, n) -> (b, n_heads, n, n); places of all steps have no b
    times = add("Transpose", [times], perm=[1, 0, 2, 3])
    places = add("Transpose", [places], perm=[1, 0, 2, 3]) if newest else places
    seen = add("Mul", [drawing.silu(add("Sum", [scores, places, times])), sight.seen])
    gathered = add("Transpose", [add("MatMul", [seen, values])], perm=_BY_HEAD)
    together = drawing.constant(np.array([0, 0, dim], np.int64))
    gathered = drawing.norm(add("Reshape", [gathered, together]), f"{name}.gathered_norm")
    joined = drawing.linear(add("Mul", [gathered, gates]), f"{name}.gather")
    return add("Add", [drawing.picked(steps) if newest else steps, joined])


def _head(drawing: _Drawing, name: str, hidden: str, asked: str) -> str:
    """`recipes.transformer_network.Head`."""
    decoded = drawing.linear(hidden, f"{name}.decode")
    mixed = drawing.linear("means", f"{name}.mix", biased=False)
    return drawing.norm(drawing.add("Sum", [decoded, mixed, asked]), f"{name}.norm")
