"""How recipes without a recurrence read users while they learn; see `penchant.models.pooled`."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.data.training_set import Float32s
from penchant.models.pooled import Pooling
from penchant.recipes.attributes import Attributes
from penchant.recipes.blocks import (
    AttributeVectors,
    DecayedMeans,
    blinded,
    embedding,
    own_vectors,
    steadily_dropped,
)
from penchant.recipes.window_tensors import Tensors


class PooledHistory(nn.Module):
    """From windows to the fields of every step that has a target.

    Args:
        pooling: How histories are pooled.
        dim: Numbers of a vector.
        n_steps: The longest window.
        n_event_types: Number of known event types.
        users: Metadata.
        contexts: Of the training rows.
        dropout: Share of a vector's numbers that a step does not see.
        blindness: Share of users whose metadata a step does not see, so that nothing learns to
            stand for unknown users.
    """

    def __init__(
        self,
        pooling: Pooling,
        *,
        dim: int,
        n_steps: int,
        n_event_types: int,
        users: Attributes,
        contexts: Attributes,
        dropout: float,
        blindness: float,
    ) -> None:
        super().__init__()
        self.marks = embedding(pooling.marks(n_event_types).n_codes, dim)
        self.user_metadata = AttributeVectors(users, dim)
        self.contexts = AttributeVectors(contexts, dim)
        self.means = DecayedMeans(_padded(pooling.weights(), n_steps + 1), n_steps)
        self.dropout = nn.Dropout(dropout)
        self.blindness = blindness

    def forward(self, items: Tensor, windows: Tensors, users: Tensor) -> Tensor:
        """Fields, (n_targets, n_fields, dim), step by step.

        Args:
            items: Vectors that the windows' indices point into (n_rows, dim).
            windows: What was before every target.
            users: Indices (b,).
        """
        n_steps, b = windows.inputs.shape
        counted = (windows.inputs >= 0).float()
        read = functional.embedding(windows.inputs.clamp(min=0), items) * counted[..., None]
        older = self.means.older(items, windows.older, windows.older_ages, windows.older_begins)
        means = self.means(read, counted, older).permute(1, 2, 0, 3)
        marked = functional.embedding_bag(windows.marks, self.marks.weight, mode="sum")
        marked = marked.view(n_steps, b, -1) * counted[..., None]
        about = blinded(self.user_metadata(users), self.blindness, self.training)
        about = about.expand(n_steps, b, -1)
        # (n_steps, b, n_fields - 1, dim) -> (n_targets, n_fields - 1, dim)
        fields = torch.cat([means, torch.stack([read, marked, about], dim=2)], dim=2)
        fields = steadily_dropped(self.dropout, fields)
        wanted = windows.wanted.flatten().nonzero()[:, 0]
        fields = fields.flatten(0, 1).index_select(0, wanted)
        return torch.cat([fields, self.contexts(windows.rows)[:, None]], dim=1)


def _padded(weights: Float32s, width: int) -> Float32s:
    """Weights by age (n, ages), with zeros up to `width` ages."""
    return np.pad(weights, ((0, 0), (0, max(0, width - weights.shape[1]))))


class ItemTable(nn.Module):
    """Items' vectors, the sum of their own and their metadata's, and their biases.

    Args:
        items: Metadata.
        dim: Numbers of a vector.
        blindness: Share of items whose own vector a step does not see, so that metadata learns to
            stand for new items.
    """

    def __init__(self, items: Attributes, *, dim: int, blindness: float) -> None:
        super().__init__()
        self.ids = own_vectors(len(items.codes), dim)
        self.bias = nn.Parameter(torch.zeros(len(items.codes)))
        self.metadata = AttributeVectors(items, dim)
        self.again = nn.Parameter(torch.zeros(1))
        self.blindness = blindness

    def forward(self, rows: Tensor) -> Tensor:
        """Vectors of items (n,), shape (n, dim)."""
        vectors: Tensor = self.ids(rows)
        if self.metadata.empty:
            return vectors
        metadata: Tensor = self.metadata(rows)
        return blinded(vectors, self.blindness, self.training) + metadata
