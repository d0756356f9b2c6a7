"""Embeds texts by an endpoint that speaks OpenAI's protocol: `POST {url}/embeddings`."""

import base64
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.embedder import Tick
from penchant.worker.endpoint import Endpoint, Unanswered, excerpt

_LARGEST: Final = 1e15

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class EndpointEmbedder:
    """A model behind an OpenAI-compatible endpoint; see `Endpoint` for what is tried again.

    Attributes:
        url: Base address, such as `http://127.0.0.1:11434/v1`.
        model: The model's name there.
        key: Sent as bearer token unless empty.
        batch: Texts of a request.
        timeout_s: How long an answer may take.
        tries: How often a request is sent at most.
        pause_s: Pause before the second try.
        sleep: Waits that many seconds.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    batch: int = 64
    timeout_s: float = 60.0
    tries: int = 5
    pause_s: float = 0.5
    sleep: Callable[[float], None] = time.sleep

    @property
    def name(self) -> str:
        """The model's name, whichever address it is asked at."""
        return f"endpoint:{self.model}"

    def vectors(self, texts: Sequence[str], tick: Tick) -> Vectors:
        """Ask in batches; see `Embedder.vectors`."""
        found: list[Vectors] = []
        for start in range(0, len(texts), self.batch):
            some = texts[start : start + self.batch]
            found.append(self._read(self._asked(some), len(some)))
            if found[-1].shape[1] != found[0].shape[1]:
                raise ValueError(
                    f"{self.model} at {self.url} answered vectors of {found[0].shape[1]} and of "
                    f"{found[-1].shape[1]} numbers; name a model that always gives the same"
                )
            tick((start + len(some)) / len(texts))
        return np.concatenate(found) if found else np.zeros((0, 1), np.float32)

    def _asked(self, texts: Sequence[str]) -> bytes:
        body = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        try:
            return self._endpoint.post("/embeddings", body)
        except Unanswered as error:
            raise ValueError(
                f"{self.url}/embeddings with the model {self.model!r} {error}. Check "
                "text_embedding_endpoint_url, text_embedding_model and text_embedding_api_key."
            ) from error

    @property
    def _endpoint(self) -> Endpoint:
        return Endpoint(self.url, self.key, self.timeout_s, self.tries, self.pause_s, self.sleep)

    def _read(self, content: bytes, n: int) -> Vectors:
        """The vectors of an answer, in the order of the texts."""
        try:
            data = json.loads(content)["data"]
            by_place = {int(one["index"]): _numbers(one["embedding"]) for one in data}
            vectors = np.stack([by_place[place] for place in range(n)])
            _check(vectors)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{self.url}/embeddings did not answer {n} embeddings of {self.model} "
                f"({type(error).__name__}: {error}): {excerpt(content)}"
            ) from error
        return vectors


def _numbers(embedding: Any) -> Vectors:
    """Numbers, or what some servers send instead: base64 of little-endian float32."""
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding), "<f4").astype(np.float32)
    return np.asarray(embedding, np.float32)


def _check(vectors: Vectors) -> None:
    if vectors.ndim != 2:
        raise ValueError(f"embeddings of shape {vectors.shape[1:]}, not lists of numbers")
    if not vectors.any(axis=1).all():
        raise ValueError("an embedding that is empty or zero")
    if not (np.abs(vectors) <= _LARGEST).all():
        raise ValueError(f"a number that is none, or beyond {_LARGEST:g}")
