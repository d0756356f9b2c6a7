"""The network of the transformer recipe."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.models.habits import N_CODES
from penchant.models.transformer_shape import LATER, N_GAPS, NOW, Shape
from penchant.models.trends import FADES
from penchant.recipes.attention import GatedAttention
from penchant.recipes.attributes import Attributes
from penchant.recipes.blocks import (
    AttributeVectors,
    DecayedMeans,
    blinded,
    embedding,
    own_vectors,
    steadily_dropped,
)


@dataclass(frozen=True)
class Tensors:
    """Windows on the device.

    Attributes:
        inputs: The item read at each step, a row of the vectors at hand (n_steps, b), -1 for none.
        marks: Codes of `Marks` (n_steps * b, n_columns).
        distances: Codes of the time between steps (b, n_steps, n_steps).
        older: How much every item counts in the decayed sums of what was before the window,
            (n_decays, b, n_rows).
        older_mass: Sum of the weights there (n_decays, b).
        users: Indices (b,).
    """

    inputs: Tensor
    marks: Tensor
    distances: Tensor
    older: Tensor
    older_mass: Tensor
    users: Tensor


@dataclass(frozen=True)
class Known:
    """What is known of users at questions.

    Attributes:
        hidden: What attention gathered (n, dim).
        means: Decayed means of the history (n, n_decays * dim).
        about: The users' metadata (n, dim).
    """

    hidden: Tensor
    means: Tensor
    about: Tensor

    def at(self, places: Tensor) -> "Known":
        """Some of the questions."""
        return Known(
            *(part.index_select(0, places) for part in (self.hidden, self.means, self.about))
        )


class Head(nn.Module):
    """What one of the two questions weighs in its own way.

    Attributes:
        bias: Of every item (n_items,).
        again: Bonus or malus for an item of the history by `habit_codes` (N_CODES,).
        trend: Weight of what is on the rise, one per span of `Trends`.
    """

    def __init__(self, dim: int, n_decays: int, n_items: int) -> None:
        super().__init__()
        self.decode = nn.Linear(dim, dim)
        self.mix = nn.Linear(n_decays * dim, dim, bias=False)
        with torch.no_grad():
            self.mix.weight.copy_(torch.eye(dim).repeat(1, n_decays) / n_decays)
        self.norm = nn.LayerNorm(dim)
        self.bias = nn.Parameter(torch.zeros(n_items))
        self.again = nn.Parameter(torch.zeros(N_CODES))
        self.trend = nn.Parameter(torch.zeros(len(FADES)))

    def forward(self, known: Known, asked: Tensor) -> Tensor:
        """Users' vectors (n, dim); `asked` is what the moments of asking add (n, dim)."""
        total = self.decode(known.hidden) + self.mix(known.means) + known.about + asked
        vectors: Tensor = self.norm(total)
        return vectors


class Network(nn.Module):
    """From windows to users' vectors.

    Args:
        shape: How histories are read.
        dim: Numbers of an item's vector.
        n_marks: Codes of `Marks`.
        items, users: Metadata.
        contexts: What is told of the moments of the training rows.
        dropout: Share of a vector's numbers that a step does not see.
        blindness: Share of items whose own embedding, of users whose metadata and of moments whose
            context a step does not see; so metadata learns to stand for new items, and nothing
            for unknown users and for requests without a context.
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
        n_items, n_decays = len(items.codes), len(shape.decays)
        self.ids = own_vectors(n_items, dim)
        self.item_metadata = AttributeVectors(items, dim)
        self.user_metadata = AttributeVectors(users, dim)
        self.contexts = AttributeVectors(contexts, dim)
        self.marks = embedding(n_marks, dim)
        self.gaps = embedding(N_GAPS, dim, padding=0)
        self.first = nn.Parameter(torch.randn(dim) * 0.02)
        self.means = DecayedMeans(shape.weights(), shape.n_steps)
        self.blocks = nn.ModuleList(
            GatedAttention(dim, shape.n_heads, shape.n_steps, dropout)
            for _ in range(shape.n_blocks)
        )
        self.heads = nn.ModuleList(Head(dim, n_decays, n_items) for _ in (NOW, LATER))
        self.dropout = nn.Dropout(dropout)
        self.blindness = blindness
        self.ages: Tensor
        self.seen: Tensor
        self.register_buffer("ages", torch.as_tensor(shape.ages()), persistent=False)
        self.register_buffer("seen", torch.as_tensor(shape.seen()), persistent=False)

    def items(self, rows: Tensor) -> Tensor:
        """Vectors of items, (n, dim)."""
        vectors: Tensor = self.ids(rows)
        if self.item_metadata.empty:
            return vectors
        metadata: Tensor = self.item_metadata(rows)
        return self._blinded(vectors) + metadata

    def forward(self, items: Tensor, windows: Tensors) -> Known:
        """What is known of the users at every step, step by step, n_steps * b questions.

        Args:
            items: Vectors that the windows' indices point into (n_rows, dim).
            windows: A batch.
        """
        n_steps, b = windows.inputs.shape
        counted = (windows.inputs >= 0).float()
        read = functional.embedding(windows.inputs.clamp(min=0), items)
        read = self._dropped(torch.where(counted[..., None] > 0, read, self.first))
        older = (windows.older @ items, windows.older_mass)
        # (n_decays, n_steps, b, dim) -> (n_steps, b, n_decays * dim)
        means = self.means(read, counted, older).permute(1, 2, 0, 3).reshape(n_steps, b, -1)
        marked = functional.embedding_bag(windows.marks, self.marks.weight, mode="sum")
        steps = read + marked.view(n_steps, b, -1) * counted[..., None]
        steps = steps.transpose(0, 1)
        ages, seen = self.ages[:n_steps, :n_steps], self.seen[:n_steps, :n_steps]
        for block in self.blocks:
            steps = block(steps, ages, windows.distances, seen)
        about = self._blinded(self.user_metadata(windows.users)).expand(n_steps, b, -1)
        hidden = self._dropped(steps.transpose(0, 1))
        return Known(hidden.flatten(0, 1), self._dropped(means).flatten(0, 1), about.flatten(0, 1))

    def vectors(self, question: int, known: Known, rows: Tensor, gaps: Tensor) -> Tensor:
        """Users' vectors (n, dim).

        Args:
            question: `NOW` or `LATER`.
            known: Of the users (n questions).
            rows: Training rows whose contexts are those of the moments of asking (n,).
            gaps: Codes of the time since the newest event (n,).
        """
        asked = self.gaps(gaps)
        if not self.contexts.empty:
            asked = asked + self._blinded(self.contexts(rows))
        vectors: Tensor = self.head(question)(known, asked)
        return vectors

    def head(self, question: int) -> Head:
        """What a question, `NOW` or `LATER`, weighs in its own way."""
        head = self.heads[question]
        assert isinstance(head, Head)
        return head

    def _dropped(self, vectors: Tensor) -> Tensor:
        return steadily_dropped(self.dropout, vectors)

    def _blinded(self, vectors: Tensor) -> Tensor:
        return blinded(vectors, self.blindness, self.training)
