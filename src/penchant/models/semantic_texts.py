"""What of an item is read for its meaning, and how items join a model that is there."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.embedder import Embedder, Tick
from penchant.data.training_set import NO_TIME, Features, Float32s, Int64s, TrainingSet
from penchant.models.semantic import SemanticModel

MOST_FLOAT32: Final = 500_000_000
"""Numbers in a table of vectors, 2 GB, above which half of the precision is kept.

Comparing with all of such a table takes seven times as long, since it is converted each time.
"""


def item_texts(features: Features, n_rows: int) -> tuple[str, ...]:
    """An item's name, then its texts, each on a line of its own; empty where there are none."""
    columns = [
        *(features.names[name] for name in sorted(features.names)),
        *(features.texts[name] for name in sorted(features.texts)),
    ]
    if not columns:
        return ("",) * n_rows
    return tuple(
        "\n".join(part.strip() for part in parts if part.strip())
        for parts in zip(*columns, strict=True)
    )


def prints_of(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of every text (n,)."""
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), ">u8").astype(np.uint64)


def embedded(embedder: Embedder, texts: Sequence[str], tick: Tick) -> Float32s:
    """Vectors of length 1 (n, dim), zero for empty texts, which are not sent.

    Raises:
        ValueError: There is no text, or the embedder failed or answered something else.
    """
    there = np.array([bool(text) for text in texts], np.bool_)
    if not there.any():
        raise ValueError(
            "no item has a text to compare: import items with the itemName and textual columns "
            "filled, or include these columns"
        )
    found = np.asarray(embedder.vectors([text for text in texts if text], tick), np.float32)
    if found.ndim != 2 or len(found) != there.sum() or not np.isfinite(found).all():
        raise ValueError(
            f"{embedder.name} answered {found.shape} numbers for {int(there.sum())} texts, or some "
            "that are not finite; set another text_embedding_model"
        )
    vectors = np.zeros((len(texts), found.shape[1]), np.float32)
    vectors[there] = found
    return of_length_one(vectors)


def of_length_one(vectors: Float32s) -> Float32s:
    """Vectors (n, dim) made of length 1; zero stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def kept(vectors: Float32s) -> npt.NDArray[np.floating]:
    """Vectors in the precision that a table of their size is kept in."""
    return vectors.astype(np.float16) if vectors.size > MOST_FLOAT32 else vectors


def freshness_of(created_at: Int64s | None, n_items: int, span: tuple[int, int]) -> Float32s:
    """0 for items made at the span's begin or before, 1 at its end or later; unknown: 0."""
    if created_at is None:
        return np.zeros(n_items, np.float32)
    oldest, newest = span
    shares = (created_at - np.float64(oldest)) / max(newest - oldest, 1)
    return np.where(created_at == NO_TIME, 0, np.clip(shares, 0, 1)).astype(np.float32)


def with_items_of(model: SemanticModel, training_set: TrainingSet) -> SemanticModel:
    """The model with the items that there are now: new ones and changed texts are embedded.

    What has not changed keeps its vector, and popularity and freshness stay on the scales of the
    training: a new item has no popularity.

    Args:
        model: A fitted model; it is not changed.
        training_set: The items now; its embedder has to be the one the model was made with.

    Raises:
        ValueError: The embedder is another one, or failed.
    """
    embedder = training_set.embedder
    if model.embedder != (embedder.name if embedder else ""):
        raise ValueError(
            f"the model compares vectors of {model.embedder or 'its own words'}, but the settings "
            f"name {embedder.name if embedder else 'no embedding model'}: train a new solution "
            "version, or set text_embedding_model back"
        )
    n_items = training_set.n_items
    texts = item_texts(training_set.item_features, n_items)
    prints = prints_of(texts)
    before = model.items.indices(training_set.items.ids)
    same = (before >= 0) & (model.prints[before] == prints)
    vectors = np.zeros((n_items, model.vectors.shape[1]), np.float32)
    vectors[same] = model.vectors[before[same]]
    new = [place for place in np.flatnonzero(~same).tolist() if texts[place]]
    if new:
        vectors[new] = _joining(model, embedder, [texts[place] for place in new])
    popularity = np.where(before >= 0, model.popularity[before], 0).astype(np.float32)
    return replace(
        model,
        items=training_set.items,
        vectors=kept(vectors),
        popularity=popularity,
        freshness=freshness_of(training_set.item_created_at, n_items, model.created),
        prints=prints,
    )


def _nobody(share: float) -> None:
    """Is told how far an embedding is and does not care."""


def _joining(model: SemanticModel, embedder: Embedder | None, texts: list[str]) -> Float32s:
    if embedder is None:
        return of_length_one(model.text_map.vectors(texts))
    return embedded(embedder, texts, _nobody)
