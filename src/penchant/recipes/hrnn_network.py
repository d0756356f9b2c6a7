"""The network of the HRNN recipe."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.models.hrnn import Shape
from penchant.recipes.attributes import Attributes
from penchant.recipes.blocks import (
    AttributeVectors,
    DecayedMeans,
    blinded,
    embedding,
    normed,
    own_vectors,
    steadily_dropped,
)
from penchant.recipes.window_tensors import Tensors


class Network(nn.Module):
    """From windows to users' vectors at every step.

    Args:
        shape: How histories are read.
        dim: Numbers of an item's vector.
        n_marks: Codes of `Marks`.
        items, users: Metadata.
        contexts: What is told of the moments of the training rows.
        dropout: Share of a vector's numbers that a step does not see.
        blindness: Share of items whose own embedding, of users whose metadata and of moments
            whose context a step does not see; so metadata learns to stand for new items, and
            nothing for unknown users and for requests without a context.
    """

    def __init__(
        self,
        shape: Shape,
        *,
        dim: int,
        n_marks: int,
        items: Attributes,
        users: Attributes,
        contexts: Attributes,
        dropout: float,
        blindness: float,
    ) -> None:
        super().__init__()
        hidden, n_decays = shape.hidden_dimension, len(shape.decays)
        n_items = len(items.codes)
        self.ids = own_vectors(n_items, dim)
        self.bias = nn.Parameter(torch.zeros(n_items))
        self.item_metadata = AttributeVectors(items, dim)
        self.user_metadata = AttributeVectors(users, dim)
        self.contexts = AttributeVectors(contexts, dim) if contexts.n_codes > 1 else None
        self.marks = embedding(n_marks, dim)
        self.first = nn.Parameter(torch.randn(dim) * 0.02)
        self.means = DecayedMeans(shape.weights(), shape.bptt)
        self.initial = nn.Linear((n_decays + 1) * dim, hidden)
        self.gru = nn.GRU(dim, hidden)
        self.decode = nn.Linear(hidden, dim)
        self.mix = nn.Linear(n_decays * dim, dim, bias=False)
        with torch.no_grad():
            self.mix.weight.copy_(torch.eye(dim).repeat(1, n_decays) / n_decays)
        self.norm = nn.LayerNorm(dim)
        self.again = nn.Parameter(torch.zeros(1))
        self.dropout = nn.Dropout(dropout)
        self.blindness = blindness

    def items(self, rows: Tensor) -> Tensor:
        """Vectors of items, (n, dim)."""
        vectors: Tensor = self.ids(rows)
        if self.item_metadata.empty:
            return vectors
        metadata: Tensor = self.item_metadata(rows)
        return self._blinded(vectors) + metadata

    def forward(self, items: Tensor, windows: Tensors, users: Tensor) -> Tensor:
        """Users' vectors after the steps that have a target, (n, dim), step by step.

        Args:
            items: Vectors that the windows' indices point into (n_rows, dim).
            windows: What was before every target.
            users: Indices (b,).
        """
        n_steps, b = windows.inputs.shape
        counted = (windows.inputs >= 0).float()
        read = functional.embedding(windows.inputs.clamp(min=0), items)
        read = self._dropped(torch.where(counted[..., None] > 0, read, self.first))
        older = self.means.older(items, windows.older, windows.older_ages, windows.older_begins)
        # (n_decays, n_steps, b, dim) -> (n_steps, b, n_decays * dim)
        means = self.means(read, counted, older).permute(1, 2, 0, 3).reshape(n_steps, b, -1)
        about = self._blinded(self.user_metadata(users))
        before = normed(*older).permute(1, 0, 2).reshape(b, -1)
        state = torch.tanh(self.initial(torch.cat([before, about], dim=1)))
        marked = functional.embedding_bag(windows.marks, self.marks.weight, mode="sum")
        marked = marked.view(n_steps, b, -1) * counted[..., None]
        hidden, _ = self.gru(read + marked, state[None])
        wanted = windows.wanted.flatten().nonzero()[:, 0]
        hidden, means, about = (
            tensor.flatten(0, 1).index_select(0, wanted)
            for tensor in (
                self._dropped(hidden),
                self._dropped(means),
                about.expand(n_steps, b, -1),
            )
        )
        total = self.decode(hidden) + self.mix(means) + about
        if self.contexts is not None:
            total = total + self._blinded(self.contexts(windows.rows))
        vectors: Tensor = self.norm(total)
        return vectors

    def _dropped(self, vectors: Tensor) -> Tensor:
        return steadily_dropped(self.dropout, vectors)

    def _blinded(self, vectors: Tensor) -> Tensor:
        return blinded(vectors, self.blindness, self.training)
