"""Embedding by a model in a folder: a real tokenizer and a real, if small, ONNX graph."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from penchant.worker.training.text_folder import FolderEmbedder

WORDS = ["[PAD]", "[UNK]", "[CLS]", "red", "apple", "iron", "nail"]
TABLE = np.random.default_rng(0).normal(size=(len(WORDS), 4)).astype(np.float32)


def write_tokenizer(folder):
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))


def write_graph(path, *, pooled=False, types=False):
    """Vectors of the tokens from a table; `pooled`: their sum."""
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    shape = ["b", "n", 4]
    if pooled:
        nodes.append(
            helper.make_node("ReduceSum", ["last_hidden_state", "one"], ["sum"], keepdims=0)
        )
        shape = ["b", 4]
    names = ["input_ids", "attention_mask"] + ["token_type_ids"] * types
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "n"]) for name in names],
        [
            helper.make_tensor_value_info(
                "sum" if pooled else "last_hidden_state", TensorProto.FLOAT, shape
            )
        ],
        [
            numpy_helper.from_array(TABLE, "table"),
            numpy_helper.from_array(np.array([1], np.int64), "one"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.parent.mkdir(exist_ok=True)
    onnx.save(model, path)


@pytest.fixture
def folder(tmp_path):
    write_tokenizer(tmp_path)
    write_graph(tmp_path / "onnx" / "model.onnx")
    return tmp_path


def vectors(folder, texts, **given):
    return FolderEmbedder(folder, **given).vectors(texts, lambda share: None)


def pooling(folder, **config):
    modules = [{"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(config))


def test_a_text_is_the_mean_of_its_tokens_whatever_stands_beside_it(folder):
    texts = ["red apple", "iron", "red iron nail apple", "nail zzz"]
    expected = [
        TABLE[[2, 3, 4]].mean(axis=0),
        TABLE[[2, 5]].mean(axis=0),
        TABLE[[2, 3, 5, 6, 4]].mean(axis=0),
        TABLE[[2, 6, 1]].mean(axis=0),
    ]
    assert vectors(folder, texts) == pytest.approx(np.array(expected), abs=1e-6)
    assert vectors(folder, texts, batch=2) == pytest.approx(np.array(expected), abs=1e-6)


def test_the_pooling_is_the_models(folder):
    pooling(folder, pooling_mode_cls_token=True)
    assert vectors(folder, ["red apple"])[0] == pytest.approx(TABLE[2])


def test_the_greatest_of_every_number_may_be_the_pooling(folder):
    pooling(folder, pooling_mode_max_tokens=True)
    found = vectors(folder, ["red apple", "red apple iron nail"])
    assert found[0] == pytest.approx(TABLE[[2, 3, 4]].max(axis=0))


def test_a_graph_that_pools_itself_is_taken_at_its_word(folder):
    write_graph(folder / "model.onnx", pooled=True)
    assert vectors(folder, ["red apple"])[0] == pytest.approx(TABLE[[2, 3, 4]].sum(axis=0))


def test_kinds_of_tokens_are_given_to_graphs_that_want_them(folder):
    write_graph(folder / "model.onnx", types=True)
    assert vectors(folder, ["red"])[0] == pytest.approx(TABLE[[2, 3]].mean(axis=0))


def test_long_texts_are_cut(folder):
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 3}')
    found = vectors(folder, ["red apple iron nail"])[0]
    assert found == pytest.approx(TABLE[[2, 3, 4]].mean(axis=0), abs=1e-6)


def test_progress_and_name_are_told(folder):
    shares, embedder = [], FolderEmbedder(folder, batch=1)
    embedder.vectors(["red", "iron"], shares.append)
    assert shares == [0.5, 1.0]
    assert embedder.name.startswith(f"folder:{folder.name}:")
    assert embedder.vectors([], shares.append).shape == (0, 1)


def test_other_weights_are_another_model(folder):
    before = FolderEmbedder(folder).name
    write_graph(folder / "model.onnx", pooled=True)
    assert FolderEmbedder(folder).name != before


def test_a_folder_without_weights_is_refused_with_how_to_make_them(tmp_path):
    with pytest.raises(ValueError, match=r"holds no model.onnx or .*backend='onnx'"):
        FolderEmbedder(tmp_path)


def test_a_folder_without_tokenizer_is_refused(folder):
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match=r"holds no tokenizer.json; take a sentence-transformers"):
        FolderEmbedder(folder)


def test_damaged_weights_are_told(folder):
    (folder / "onnx" / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(ValueError, match=r"model.onnx cannot be read: "):
        FolderEmbedder(folder)


def test_without_the_extra_it_is_named(folder, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tokenizers", None)
    with pytest.raises(ValueError, match=r"pip install 'penchant\[embeddings\]'"):
        FolderEmbedder(folder)
