"""Networks as ONNX graphs, run by onnxruntime."""

from pathlib import Path
from typing import Final

from onnxruntime import ExecutionMode, InferenceSession, SessionOptions
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

GRAPH_ERRORS: Final[tuple[type[Exception], ...]] = (
    refusals.EPFail,
    refusals.Fail,
    refusals.InvalidArgument,
    refusals.InvalidGraph,
    refusals.InvalidProtobuf,
    refusals.NoModel,
    refusals.NoSuchFile,
    refusals.NotImplemented,
    refusals.RuntimeException,
    RuntimeError,
)
"""What `open_graph` raises of a graph that cannot be run; onnxruntime's have no common base."""

_ERRORS_ALONE: Final = 3


def open_graph(graph: bytes | Path, n_threads: int = 1) -> InferenceSession:
    """A graph ready to run on the CPU, safe to run from several threads at once."""
    options = SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _ERRORS_ALONE
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])
