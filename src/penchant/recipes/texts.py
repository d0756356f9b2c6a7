"""Latent semantic analysis: texts as vectors in which texts of like words stand near each other.

After Deerwester et al. 1990: the truncated singular value decomposition of texts by words, words
weighed by their rarity. No word list, no stemming, no model of any one language.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy.sparse as sp

from penchant.data.training_set import Float32s
from penchant.models.texts import TextMap
from penchant.models.words import Words
from penchant.recipes.factors import right_factors

MOST_TERMS: Final = 30_000
MOST_TEXTS: Final = 100_000
"""Texts that a map is learned from; of more, a random part."""

_LEAST_TEXTS: Final = 2
_MOST_COUNTED: Final = 1_000_000
_LEAST_SHARE: Final = 1e-3
_LEAST_LENGTH: Final = 1e-6


def text_vectors(texts: tuple[str, ...], dim: int, rng: np.random.Generator) -> Float32s:
    """Vectors of texts by a map learned from themselves, see `learn_text_map`."""
    return learn_text_map(texts, dim, rng).vectors(texts)


def learn_text_map(texts: Sequence[str], dim: int, rng: np.random.Generator) -> TextMap:
    """Learn which words stand for the same.

    Words of one text only teach nothing and are left out, as are all but the `MOST_TERMS` most
    frequent. Time O(n_words * dim), memory that of `MOST_TEXTS` texts.

    Returns:
        A map whose vectors have `dim` numbers, zero beyond the rank, and root mean square length
        1 over the texts with a known word.
    """
    known = [text for text in texts if text]
    if len(known) > MOST_TEXTS:
        known = [known[i] for i in np.sort(rng.choice(len(known), MOST_TEXTS, replace=False))]
    terms, rarities = _terms(known)
    projection = np.zeros((len(terms), dim), np.float32)
    if terms:
        table = _table(TextMap(terms, rarities, projection), known)
        rank = min(dim, *table.shape)
        values, words = right_factors(table, rank, rng)
        # a direction that hardly any text has would be mere noise in a new one
        kept = np.flatnonzero(values > _LEAST_SHARE * values[0])
        projection[:, kept] = words[kept].T / np.sqrt(values[kept])
        squares = ((table @ projection) ** 2).sum(axis=1)
        projection /= max(float(np.sqrt(squares[squares > 0].mean())), _LEAST_LENGTH)
    return TextMap(terms, rarities, projection)


def _table(text_map: TextMap, texts: Sequence[str]) -> sp.csr_matrix:
    rows, words, weights = text_map.weights(texts)
    return sp.csr_matrix((weights, (rows, words)), (len(texts), len(text_map.terms)))


def _terms(texts: Sequence[str]) -> tuple[tuple[str, ...], Float32s]:
    """The words to know, most frequent first, and their rarity, log of texts over those with it."""
    words, counts = Words(), Counter[str]()
    for text in texts:
        counts.update(set(words.of(text)))
        if len(counts) > _MOST_COUNTED:
            counts = Counter({word: n for word, n in counts.items() if n >= _LEAST_TEXTS})
    kept = [(-n, word) for word, n in counts.items() if n >= _LEAST_TEXTS]
    chosen = sorted(kept)[:MOST_TERMS]
    shares = [(1 + len(texts)) / -n for n, _ in chosen]
    return tuple(word for _, word in chosen), np.log(shares, dtype=np.float32)
