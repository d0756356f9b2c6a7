"""Embeds texts by an endpoint that speaks OpenAI's protocol: `POST {url}/embeddings`."""

import base64
import http.client
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.embedder import Tick

_LOG = logging.getLogger(__name__)
_WORTH_ANOTHER_TRY: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_LONGEST_PAUSE_S: Final = 30.0
_MOST_TOLD: Final = 300
_READ_AT_ONCE: Final = 2**16
_LARGEST: Final = 1e15

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class EndpointEmbedder:
    """A model behind an OpenAI-compatible endpoint.

    What may pass by itself (no connection, a timeout, 408, 409, 425, 429 and 5xx but 501) is
    tried again after pauses that double, or after what `Retry-After` says.

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
        """The answer to a request, tried several times."""
        pause_s = self.pause_s
        for attempt in range(1, self.tries + 1):
            try:
                return self._sent(texts)
            except (OSError, http.client.HTTPException) as error:
                if attempt == self.tries or not _may_pass(error):
                    raise self._failure(error, attempt) from error
                wait_s = min(max(pause_s, _wished_s(error)), _LONGEST_PAUSE_S)
                _LOG.warning("%s: %s; again in %.1f s", self.url, error, wait_s)
                self.sleep(wait_s)
                pause_s *= 2
        raise AssertionError("tries is at least 1")

    def _sent(self, texts: Sequence[str]) -> bytes:
        body = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(  # noqa: S310  # the setting takes http(s) alone
            f"{self.url.rstrip('/')}/embeddings", json.dumps(body).encode(), headers, method="POST"
        )
        until = time.monotonic() + self.timeout_s
        with _OPENER.open(request, timeout=self.timeout_s) as answer:
            content = bytearray()
            while part := answer.read1(_READ_AT_ONCE):
                content += part
                if time.monotonic() > until:
                    raise TimeoutError(f"no whole answer within {self.timeout_s:g} s")
            if answer.length:
                raise http.client.IncompleteRead(bytes(content), answer.length)
        return bytes(content)

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
                f"({type(error).__name__}: {error}): {_excerpt(content)}"
            ) from error
        return vectors

    def _failure(self, error: Exception, attempt: int) -> ValueError:
        told = _excerpt(error.read()) if isinstance(error, urllib.error.HTTPError) else ""
        return ValueError(
            f"{self.url}/embeddings with the model {self.model!r} failed after {attempt} "
            f"{'try' if attempt == 1 else 'tries'}: {error}{': ' if told else ''}{told}. Check "
            "text_embedding_endpoint_url, text_embedding_model and text_embedding_api_key."
        )


class _Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: what is asked there would be no POST, and have the key."""

    def redirect_request(self, *_: Any) -> None:
        """Tell the redirect as an error."""


_OPENER: Final = urllib.request.build_opener(_Unmoved)


def _may_pass(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code in _WORTH_ANOTHER_TRY
    return True


def _wished_s(error: Exception) -> float:
    """Seconds that an answer wants us to wait; 0 where it says nothing readable."""
    if not isinstance(error, urllib.error.HTTPError):
        return 0.0
    try:
        return float(error.headers.get("Retry-After") or 0)
    except ValueError:
        return 0.0


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


def _excerpt(content: bytes) -> str:
    return content[:_MOST_TOLD].decode("utf-8", "replace")
