"""Semantic similarity: items whose names and texts mean the like (`aws-semantic-similarity`).

Texts become vectors by the embedder that the training set carries. Without one, by latent
semantic analysis of the items' own texts (`recipes.texts`): it knows no word that the catalogue
does not hold, but needs no model of language and no network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from penchant.data.training_set import NO_TIME, Float32s, TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.semantic import SemanticModel
from penchant.models.semantic_texts import (
    embedded,
    freshness_of,
    item_texts,
    kept,
    of_length_one,
    prints_of,
)
from penchant.models.texts import TextMap
from penchant.recipes.contract import Progress, Step
from penchant.recipes.popularity import unique_users
from penchant.recipes.texts import learn_text_map

TEXT_DIM: Final = 128
"""Numbers of a vector by latent semantic analysis."""


@dataclass(frozen=True)
class SemanticSimilarity:
    """`aws-semantic-similarity`; it has no hyper-parameters."""

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Refuse whatever is given; see `Recipe.from_parameters`."""
        read_all("aws-semantic-similarity", hyper_parameters, feature_parameters)
        return cls()

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> SemanticModel:
        """Embed all items, count their users, and see how new they are.

        A `start` with the same texts is not embedded again. Time is that of the embedder.

        Raises:
            ValueError: No item has a text, or the embedder failed.
        """
        texts = item_texts(training_set.item_features, training_set.n_items)
        if not any(texts):
            raise ValueError(
                "no item has a text to compare: import items with the itemName and textual "
                "columns filled, or include these columns"
            )
        progress(Step("embedding", 0.0))
        prints = prints_of(texts)
        vectors, text_map = _vectors(training_set, texts, prints, start, seed, progress)
        users = unique_users(training_set)
        created_at = training_set.item_created_at
        span = _span(training_set)
        progress(Step("counting", 1.0))
        return SemanticModel(
            items=training_set.items,
            event_type_names=training_set.event_type_names,
            vectors=vectors,
            popularity=(users / max(int(users.max(initial=0)), 1)).astype(np.float32),
            freshness=freshness_of(created_at, training_set.n_items, span),
            prints=prints,
            created=span,
            embedder=training_set.embedder.name if training_set.embedder else "",
            text_map=text_map,
        )


def _vectors(
    training_set: TrainingSet,
    texts: tuple[str, ...],
    prints: Any,
    start: Fitted | None,
    seed: int,
    progress: Progress,
) -> tuple[Any, TextMap]:
    embedder = training_set.embedder
    if (
        isinstance(start, SemanticModel)
        and start.embedder == (embedder.name if embedder else "")
        and np.array_equal(start.prints, prints)
    ):
        return start.vectors, start.text_map
    if embedder is not None:
        found = embedded(embedder, texts, lambda share: progress(Step("embedding", 0.99 * share)))
        return kept(found), TextMap.empty()
    text_map = learn_text_map(texts, TEXT_DIM, np.random.default_rng(seed))
    return kept(_by_words(text_map, texts)), text_map


def _by_words(text_map: TextMap, texts: tuple[str, ...]) -> Float32s:
    vectors = text_map.vectors(texts)
    return of_length_one(vectors) if text_map.dim else np.zeros((len(texts), 1), np.float32)


def _span(training_set: TrainingSet) -> tuple[int, int]:
    created_at = training_set.item_created_at
    known = None if created_at is None else created_at[created_at != NO_TIME]
    if known is None or len(known) == 0:
        return (0, 0)
    return int(known.min()), int(known.max())
