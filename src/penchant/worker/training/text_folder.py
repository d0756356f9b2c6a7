"""Embeds texts by a sentence-transformers model in a folder, through tokenizers and onnxruntime.

The folder is as the models' pages offer it: `tokenizer.json`, an ONNX file (`model.onnx`,
`onnx/model.onnx`, or one of the smaller ones beside it) and, where the model is not the usual mean
of its token vectors, `modules.json` with the folder of the pooling.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.embedder import Tick
from penchant.models.graphs import GRAPH_ERRORS, open_graph

_GRAPHS: Final = ("model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx")
_MOST_TOKENS: Final = 512
_USUAL_TOKENS: Final = 256

Vectors = npt.NDArray[np.float32]


class FolderEmbedder:
    """A sentence-transformers model whose weights are an ONNX file.

    Args:
        folder: Where it lies.
        batch: Texts at a time; they are sorted by length, so that little is filled up.
        threads: Threads of onnxruntime.

    Raises:
        ValueError: The folder lacks a file, `tokenizers` is not installed, or a file is damaged.
    """

    def __init__(self, folder: Path, *, batch: int = 64, threads: int = 1) -> None:
        self._folder = folder
        self._batch = batch
        self._graph = _graph_of(folder)
        self._tokenizer = _tokenizer_of(folder, _longest(folder))
        self._pooling = _pooling_of(folder)
        try:
            self._session = open_graph(self._graph, threads)
        except GRAPH_ERRORS as error:
            raise ValueError(f"{self._graph} cannot be read: {error}") from error
        self._inputs = {one.name for one in self._session.get_inputs()}

    @cached_property
    def name(self) -> str:
        """The folder's name and what its weights are, wherever it lies."""
        digest = hashlib.blake2b(digest_size=8)
        with self._graph.open("rb") as graph:
            while block := graph.read(2**20):
                digest.update(block)
        return f"folder:{self._folder.name}:{digest.hexdigest()}"

    def vectors(self, texts: Sequence[str], tick: Tick) -> Vectors:
        """Run the model; see `Embedder.vectors`."""
        order = np.argsort([len(text) for text in texts], kind="stable")
        found: list[Vectors] = []
        for start in range(0, len(order), self._batch):
            places = order[start : start + self._batch]
            found.append(self._run([texts[place] for place in places.tolist()]))
            tick((start + len(places)) / len(texts))
        vectors = np.concatenate(found) if found else np.zeros((0, 1), np.float32)
        vectors[order] = vectors.copy()
        return vectors

    def _run(self, texts: list[str]) -> Vectors:
        coded = self._tokenizer.encode_batch(texts)
        mask = np.array([one.attention_mask for one in coded], np.int64)
        given = {
            "input_ids": np.array([one.ids for one in coded], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([one.type_ids for one in coded], np.int64),
        }
        first = self._session.run(None, {k: v for k, v in given.items() if k in self._inputs})[0]
        found = np.asarray(first, np.float32)
        # (b, dim) where the graph pools itself, else (b, n_tokens, dim)
        return found if found.ndim == 2 else _pooled(found, mask, self._pooling)


def _pooled(tokens: Vectors, mask: npt.NDArray[np.int64], pooling: str) -> Vectors:
    """One vector per text of those of its tokens (b, n_tokens, dim)."""
    if pooling == "cls":
        return tokens[:, 0]
    there = mask[..., None].astype(np.float32)
    if pooling == "max":
        return np.asarray(np.where(there > 0, tokens, -np.inf).max(axis=1), np.float32)
    return np.asarray((tokens * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1))


def _graph_of(folder: Path) -> Path:
    for name in _GRAPHS:
        if (folder / name).is_file():
            return folder / name
    raise ValueError(
        f"{folder} holds no {' or '.join(_GRAPHS)}; take a model with an onnx folder, or export "
        "it: SentenceTransformer(name, backend='onnx').save_pretrained(folder)"
    )


def _tokenizer_of(folder: Path, longest: int) -> Any:
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415  # an optional extra
    except ImportError as error:
        raise ValueError(
            "a text_embedding_model in a folder needs the package tokenizers; install it with "
            "pip install 'penchant[embeddings]'"
        ) from error
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ValueError(f"{folder} holds no tokenizer.json; take a sentence-transformers model")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(longest)
    filling = tokenizer.padding or {}
    kept = {name: filling[name] for name in ("pad_id", "pad_token", "pad_type_id", "direction")
            if name in filling}  # fmt: skip
    tokenizer.enable_padding(**kept)
    return tokenizer


def _longest(folder: Path) -> int:
    told = _json(folder / "sentence_bert_config.json").get("max_seq_length")
    return min(int(told or _USUAL_TOKENS), _MOST_TOKENS)


def _pooling_of(folder: Path) -> str:
    modules = _json(folder / "modules.json", [])
    places = [one["path"] for one in modules if one["type"].endswith("Pooling")]
    config = _json(folder / places[0] / "config.json") if places else {}
    if config.get("pooling_mode_cls_token"):
        return "cls"
    return "max" if config.get("pooling_mode_max_tokens") else "mean"


def _json(path: Path, otherwise: Any = None) -> Any:
    if not path.is_file():
        return {} if otherwise is None else otherwise
    return json.loads(path.read_text(encoding="utf-8"))
