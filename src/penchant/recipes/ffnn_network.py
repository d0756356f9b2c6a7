"""The network of the FFNN recipe."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from penchant.models.ffnn import N_AGES
from penchant.recipes.pooled import ItemTable, PooledHistory
from penchant.recipes.window_tensors import Tensors


class FfnnNetwork(nn.Module):
    """From the fields of a user to the user's vector, through layers of rectified units.

    Args:
        table: The items.
        history: How users are read.
        n_fields: Fields that `history` gives.
        dim: Numbers of a vector.
        widths: Units of the hidden layers, first to last.
        dropout: Share of the hidden units that a step does not see.
    """

    def __init__(
        self,
        table: ItemTable,
        history: PooledHistory,
        *,
        n_fields: int,
        dim: int,
        widths: tuple[int, ...],
        dropout: float,
    ) -> None:
        super().__init__()
        self.table = table
        self.history = history
        sizes = [n_fields * dim + N_AGES, *widths, dim]
        layers = [nn.Linear(before, after) for before, after in pairwise(sizes)]
        self.layers = nn.ModuleList(layers)
        self.short = nn.Linear(n_fields * dim, dim, bias=False)
        with torch.no_grad():
            layers[0].weight[:, -N_AGES:] = 0
            self.short.weight.copy_(torch.eye(dim).repeat(1, n_fields) / n_fields)
        self.norm = nn.LayerNorm(dim)
        self.dropout = nn.Dropout(dropout)

    def read(self, items: Tensor, windows: Tensors, users: Tensor, ages: Tensor) -> Tensor:
        """Users' vectors, (n_targets, dim); see `pooled_contract.Network`."""
        fields = self.history(items, windows, users).flatten(1)
        told = torch.stack([ages, ages.square()], dim=1)
        units = torch.cat([fields, told], dim=1)
        for layer in self.layers[:-1]:
            units = self.dropout(torch.relu(layer(units)))
        vectors: Tensor = self.norm(self.layers[-1](units) + self.short(fields))
        return vectors

    def scores(self, state: Tensor, items: Tensor) -> Tensor:
        """Products of users and items, (n_targets, n)."""
        return state @ items.T

    def hits(self, state: Tensor, items: Tensor) -> Tensor:
        """Products of users with an item each, (n_targets,)."""
        return (state * items).sum(dim=1)
