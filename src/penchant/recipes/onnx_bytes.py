"""ONNX graphs as checked bytes, in the versions that the answering side reads."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from penchant.models.arrays import Weights

NORM_EPSILON: Final = 1e-5
"""Of torch's layer normalisation."""

_OPSET: Final = 17
_IR_VERSION: Final = 9

Dimensions = list[str | int]


def serialised(
    name: str,
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, tuple[int, Dimensions]],
    output: tuple[str, Dimensions],
    constants: Weights,
) -> bytes:
    """The graph, checked.

    Args:
        name: What tools call it.
        nodes: Operators, each after those whose outputs it takes.
        inputs: Type and dimensions of each, by name.
        output: Name and dimensions of the answer, of float32.
        constants: Arrays by the names that the operators take them by.
    """
    describe = helper.make_tensor_value_info
    graph = helper.make_graph(
        list(nodes),
        name,
        [describe(one, *kind) for one, kind in inputs.items()],
        [describe(output[0], TensorProto.FLOAT, output[1])],
        [numpy_helper.from_array(np.asarray(a, order="C"), one) for one, a in constants.items()],
    )
    opset = helper.make_opsetid("", _OPSET)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=_IR_VERSION)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content
