"""The network of the DeepFM recipe."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.recipes.blocks import blinded, own_vectors
from penchant.recipes.pooled import ItemTable, PooledHistory
from penchant.recipes.window_tensors import Tensors


class DeepFmNetwork(nn.Module):
    """A factorization machine and a deep part over the same embedded fields.

    Of the machine's products of pairs of fields only those of a user's field with the item bear on
    the order of items; they sum up to one product. The deep part's first layer is linear in the
    fields, so that it too splits into a user's part and an item's.

    Args:
        table: The items.
        history: How users are read.
        n_users: Known users.
        n_fields: Fields that `history` gives.
        dim: Numbers of a vector.
        widths: Units of the deep part's layers, first to last.
        dropout: Share of an item's numbers that the deep part does not see at a step.
        blindness: Share of users whose own vector a step does not see.
    """

    def __init__(
        self,
        table: ItemTable,
        history: PooledHistory,
        *,
        n_users: int,
        n_fields: int,
        dim: int,
        widths: tuple[int, ...],
        dropout: float,
        blindness: float,
    ) -> None:
        super().__init__()
        self.table = table
        self.history = history
        self.users = own_vectors(n_users, dim)
        self.strengths = nn.Parameter(torch.full((n_fields + 1, dim), 1 / n_fields))
        self.of_user = nn.Linear((n_fields + 1) * dim, widths[0])
        self.of_item = nn.Linear(dim, widths[0], bias=False)
        sizes = [*widths, 1]
        layers = [nn.Linear(before, after) for before, after in pairwise(sizes)]
        self.layers = nn.ModuleList(layers)
        with torch.no_grad():
            layers[-1].weight.zero_()
        self.dropout = nn.Dropout(dropout)
        self.blindness = blindness
        self._dim = dim

    def read(self, items: Tensor, windows: Tensors, users: Tensor, ages: Tensor) -> Tensor:
        """The machine's vector beside the deep part's first units; (n_targets, dim + width)."""
        del ages
        fields = self.history(items, windows, users)
        n_steps = len(windows.wanted)
        own = blinded(self.users(users), self.blindness, self.training)
        own = own.expand(n_steps, *own.shape)[windows.wanted]
        fields = torch.cat([fields, own[:, None]], dim=1)
        machine = (fields * self.strengths).sum(dim=1)
        return torch.cat([machine, self.of_user(fields.flatten(1))], dim=1)

    def scores(self, state: Tensor, items: Tensor) -> Tensor:
        """The machine's, (n_targets, n)."""
        return state[:, : self._dim] @ items.T

    def hits(self, state: Tensor, items: Tensor) -> Tensor:
        """The same of one item each, (n_targets,)."""
        return (state[:, : self._dim] * items).sum(dim=1)

    def deep_scores(self, state: Tensor, items: Tensor) -> Tensor:
        """What the deep part adds, (n_targets, n); memory n_targets * n * width."""
        return self._deep(state[:, None, self._dim :] + self.of_item(self.dropout(items)))

    def deep_hits(self, state: Tensor, items: Tensor) -> Tensor:
        """The same of one item each, (n_targets,)."""
        return self._deep(state[:, self._dim :] + self.of_item(self.dropout(items)))

    def _deep(self, units: Tensor) -> Tensor:
        """From the first layer's sums (..., width) to scores (...)."""
        units = functional.relu(units)
        for layer in self.layers[:-1]:
            units = functional.relu(layer(units))
        scores: Tensor = self.layers[-1](units)
        return scores[..., 0]
