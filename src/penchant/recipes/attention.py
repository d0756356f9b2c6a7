"""Gated attention over the steps of windows, the blocks of transformers that recommend.

After "Actions Speak Louder than Words" (HSTU, Zhai et al. 2024): one layer makes gates, values,
queries and keys; attention is the SiLU of products and of a bias for how far apart two events are,
in place and in time, not a softmax, so that how often something happened is not lost; the gates
stand in for the second layer of a transformer's block.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.models.transformer_shape import N_DISTANCES


class GatedAttention(nn.Module):
    """One block.

    Args:
        dim: Numbers of a step's vector.
        n_heads: Heads, a divisor of `dim`.
        n_steps: The longest window.
        dropout: Share of the gathered numbers that a step does not see.
    """

    def __init__(self, dim: int, n_heads: int, n_steps: int, dropout: float) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.norm = nn.LayerNorm(dim)
        self.spread = nn.Linear(dim, 4 * dim)
        self.gathered_norm = nn.LayerNorm(dim)
        self.gather = nn.Linear(dim, dim)
        self.places = nn.Parameter(torch.zeros(n_heads, n_steps))
        self.times = nn.Parameter(torch.zeros(n_heads, N_DISTANCES))
        self.dropout = nn.Dropout(dropout)

    def forward(self, steps: Tensor, ages: Tensor, distances: Tensor, seen: Tensor) -> Tensor:
        """The steps, each with what it gathered from itself and the steps before it.

        Args:
            steps: (b, n_steps, dim).
            ages: See `Shape.ages`, (n_steps, n_steps).
            distances: Codes of the time between steps (b, n_steps, n_steps).
            seen: See `Shape.seen`, (n_steps, n_steps).

        Returns:
            (b, n_steps, dim).
        """
        b, n_steps, dim = steps.shape
        spread = functional.silu(self.spread(self.norm(steps)))
        gates, values, queries, keys = torch.split(spread, dim, dim=2)
        shape = (b, n_steps, self.n_heads, dim // self.n_heads)
        # (b, n_steps, dim) -> (b, n_heads, n_steps, dim / n_heads)
        values, queries, keys = (
            part.reshape(shape).transpose(1, 2) for part in (values, queries, keys)
        )
        scores = queries @ keys.transpose(2, 3) * (dim // self.n_heads) ** -0.5
        scores = scores + self.places[:, ages] + self.times[:, distances].transpose(0, 1)
        gathered = (functional.silu(scores) * seen) @ values
        gathered = gathered.transpose(1, 2).reshape(b, n_steps, dim)
        joined: Tensor = self.gather(self.dropout(self.gathered_norm(gathered) * gates))
        return steps + joined
