"""Metadata as one vector per item: categories, numbers in steps and texts, folded together."""

from typing import Final

import numpy as np
from scipy import sparse

from penchant.data.training_set import Features, Float32s
from penchant.models.attributes import NONE, Attributes, joined
from penchant.recipes.factors import right_factors
from penchant.recipes.texts import text_vectors

_TEXT_DIM: Final = 64
_LEAST_LENGTH: Final = 1e-6


def trait_vectors(features: Features, n_rows: int, dim: int, rng: np.random.Generator) -> Float32s:
    """Vectors of which the products say how like two rows are by their metadata.

    Values of categories and steps of numbers count by their rarity; texts by latent semantic
    analysis, as much as all other columns together. The truncated singular value decomposition of
    it all. Time O(n_rows * dim * values of a row).

    Returns:
        (n_rows, at most `dim`), of length 1; zero for rows without metadata.
    """
    parts = [
        part
        for part in (_values(features, n_rows), _texts(features, n_rows, rng))
        if part is not None
    ]
    if not parts:
        return np.zeros((n_rows, 1), np.float32)
    table = sparse.csr_matrix(sparse.hstack([sparse.csr_matrix(part) for part in parts]))
    _, directions = right_factors(table, min(dim, *table.shape), rng)
    return _of_length_one(np.asarray(table @ directions.T, np.float32))


def _values(features: Features, n_rows: int) -> "sparse.csr_matrix | None":
    attributes = Attributes.of(features, n_rows)
    rows, places = np.nonzero(attributes.codes != NONE)
    if len(rows) == 0:
        return None
    codes = attributes.codes[rows, places]
    counts = np.bincount(codes, minlength=attributes.n_codes)
    rarities = np.log1p(n_rows / np.maximum(counts, 1))
    shape = (n_rows, attributes.n_codes)
    table = sparse.csr_matrix((rarities[codes].astype(np.float32), (rows, codes)), shape)
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, _LEAST_LENGTH)) @ table)


def _texts(features: Features, n_rows: int, rng: np.random.Generator) -> "sparse.csr_matrix | None":
    if not features.texts:
        return None
    vectors = text_vectors(tuple(joined(features, n_rows)), _TEXT_DIM, rng)
    return sparse.csr_matrix(_of_length_one(vectors)) if vectors.any() else None


def _of_length_one(vectors: Float32s) -> Float32s:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(lengths > _LEAST_LENGTH, vectors / np.maximum(lengths, _LEAST_LENGTH), 0)
