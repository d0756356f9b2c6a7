"""Parts of networks that several recipes may share."""

from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.data.training_set import Float32s
from penchant.recipes.attributes import NONE, Attributes

MOST_DENSE: Final = 16_384
"""Tables of up to this many rows are embedded whole at every step, larger ones as far as needed."""

_SPREAD: Final = 0.02
_FADING: Final = (0.7, 0.95, 1.0)
_LASTING: Final = (1.0,)


class AttributeVectors(nn.Module):
    """Embeds the metadata of items or users, or what is told of the moments of events.

    A row's vector is the scaled sum of its embedded values, plus the map of its texts.
    """

    def __init__(self, attributes: Attributes, dim: int) -> None:
        super().__init__()
        self.table = embedding(attributes.n_codes, dim, padding=NONE)
        self.text_map: nn.Parameter | None = None
        if attributes.texts.size:
            self.text_map = nn.Parameter(torch.randn(dim, attributes.texts.shape[1]) * _SPREAD)
        self.codes: Tensor
        self.scales: Tensor
        self.texts: Tensor
        self.register_buffer("codes", torch.as_tensor(attributes.codes), persistent=False)
        self.register_buffer("scales", torch.as_tensor(attributes.scales), persistent=False)
        self.register_buffer("texts", torch.as_tensor(attributes.texts), persistent=False)

    @property
    def empty(self) -> bool:
        """Whether there is no metadata at all."""
        return self.table.num_embeddings == 1 and self.text_map is None

    def forward(self, rows: Tensor) -> Tensor:
        """Vectors of the rows (n,), shape (n, dim)."""
        sums: Tensor = functional.embedding_bag(
            self.codes[rows].long(), self.table.weight, mode="sum", padding_idx=NONE
        )
        vectors = sums * self.scales[rows, None]
        return vectors if self.text_map is None else vectors + self.texts[rows] @ self.text_map.T


class DecayedMeans(nn.Module):
    """At every step the decayed sums of all vectors so far over the root of their weight.

    Args:
        weights: Weight by mean and age, (n_decays, max_age).
    """

    def __init__(self, weights: Float32s, n_steps: int) -> None:
        super().__init__()
        ages = np.arange(n_steps)[:, None] - np.arange(n_steps)[None, :]
        within = np.where(ages >= 0, weights[:, np.maximum(ages, 0)], 0)
        self.weights: Tensor
        self.within: Tensor
        self.register_buffer("weights", torch.as_tensor(weights), persistent=False)
        self.register_buffer("within", torch.as_tensor(within.astype(np.float32)), persistent=False)

    def forward(self, vectors: Tensor, counted: Tensor, older: tuple[Tensor, Tensor]) -> Tensor:
        """Means at every step.

        Args:
            vectors: Of the steps (n_steps, b, dim).
            counted: 1 where a step is an event, else 0, (n_steps, b).
            older: What `older` gives, for what was before the steps.

        Returns:
            (n_decays, n_steps, b, dim).
        """
        n_steps, b, dim = vectors.shape
        sums, mass = older
        within = self.within[:, :n_steps, :n_steps]
        # a step makes everything before the window one event older
        fade = self.weights[:, 1 : n_steps + 1, None]
        counted_vectors = (vectors * counted[..., None]).reshape(n_steps, b * dim)
        total = (within @ counted_vectors).view(-1, n_steps, b, dim)
        total = total + fade[..., None] * sums[:, None]
        total_mass = within @ counted + fade * mass[:, None]
        return total / total_mass.clamp(min=1).sqrt()[..., None]

    def older(
        self, vectors: Tensor, rows: Tensor, ages: Tensor, begins: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Decayed sums of bags of vectors, (n_decays, b, dim), and their mass (n_decays, b).

        Args:
            vectors: (n_rows, dim).
            rows: Rows of `vectors`, bag after bag, (n,).
            ages: Of each, (n,).
            begins: Where each bag begins (b,).
        """
        weights = self.weights[:, ages]
        sums = [
            functional.embedding_bag(
                rows, vectors, begins, mode="sum", per_sample_weights=of_one_decay
            )
            for of_one_decay in weights
        ]
        ends = torch.cat([begins[1:], begins.new_tensor([len(rows)])])
        running = functional.pad(weights.double().cumsum(dim=1), (1, 0))
        return torch.stack(sums), (running[:, ends] - running[:, begins]).float()


def normed(sums: Tensor, mass: Tensor) -> Tensor:
    """Sums over the root of their weight, where that is more than one event's."""
    return sums / mass.clamp(min=1).sqrt()[..., None]


def decays(*, recent: bool) -> tuple[float, ...]:
    """Weight of an event relative to the next newer one, one per mean of a history."""
    return _FADING if recent else _LASTING


def is_sparse(n_rows: int) -> bool:
    """Whether a table is so large that a step embeds only what it needs of it."""
    return n_rows > MOST_DENSE


def own_vectors(n_rows: int, dim: int) -> nn.Embedding:
    """A table of vectors of items' or users' own; of a large one gradients are sparse."""
    table = embedding(n_rows, dim)
    table.sparse = is_sparse(n_rows)
    return table


def blinded(vectors: Tensor, share: float, training: bool) -> Tensor:
    """Vectors of which training sees a `share` as zero."""
    if not training:
        return vectors
    seen = torch.rand(len(vectors), 1, device=vectors.device) >= share
    return vectors * seen


def steadily_dropped(dropout: nn.Dropout, vectors: Tensor) -> Tensor:
    """Dropout of the same numbers at all steps of a window (Gal and Ghahramani 2016).

    Vectors (n_steps, ...), steps first.
    """
    kept: Tensor = dropout(vectors.new_ones(vectors.shape[1:]))
    return vectors * kept


def embedding(n_rows: int, dim: int, padding: int | None = None) -> nn.Embedding:
    """A table that begins with small numbers; the padding row stays zero."""
    table = nn.Embedding(n_rows, dim, padding_idx=padding)
    nn.init.normal_(table.weight, 0, _SPREAD)
    if padding is not None:
        with torch.no_grad():
            table.weight[padding] = 0
    return table
