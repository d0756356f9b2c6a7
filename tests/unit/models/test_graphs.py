import pytest

from penchant.models.graphs import GRAPH_ERRORS, open_graph


@pytest.mark.parametrize("content", [b"", b"no graph", b"\x08\x07"])
def test_what_is_no_graph_is_refused_with_an_error_of_the_list(content, tmp_path):
    with pytest.raises(GRAPH_ERRORS):
        open_graph(content)
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(GRAPH_ERRORS):
        open_graph(tmp_path / "model.onnx")
    with pytest.raises(GRAPH_ERRORS):
        open_graph(tmp_path / "missing.onnx")
