"""What the transformer's training minimises: the next item, and what follows after a pause."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from penchant.data.training_set import Int64s, TrainingSet
from penchant.models.habits import habit_codes, nth_times
from penchant.models.trends import Trends, slices_of
from penchant.recipes.sampling import places_among
from penchant.recipes.transformer_network import Head


@dataclass(frozen=True)
class Asked:
    """Questions and the candidates that their answers are told from.

    Attributes:
        rows: The first training row after each question (n,).
        at: When it is asked, epoch seconds (n,).
        steps: Questions whose user had an item before, one entry per item (n_had,).
        events: The newest training row with that item (n_had,).
        candidates: Items, sorted (n_candidates,).
    """

    rows: Int64s
    at: Int64s
    steps: Int64s
    events: Int64s
    candidates: Int64s


class Offsets:
    """What scores hold beside the products of vectors: biases, trends, habits.

    Args:
        training_set: Rows sorted by user and time.
        trends: Of the items.
        device: Where tensors are.
    """

    def __init__(self, training_set: TrainingSet, trends: Trends, device: torch.device) -> None:
        self._items = training_set.item_indices.astype(np.int64)
        self._times = training_set.timestamps
        self._nth = nth_times(training_set.user_indices, training_set.item_indices)
        self._edges = trends.edges
        self._logs = torch.as_tensor(trends.logs, device=device)
        self._device = device

    def add_to(self, products: Tensor, asked: Asked, head: Head) -> Tensor:
        """Scores of the candidates (n, n_candidates)."""
        candidates = self._on_device(asked.candidates)
        slices = self._on_device(slices_of(self._edges, asked.at))
        trends = self._logs.index_select(1, candidates) @ head.trend
        scores = products + head.bias[candidates] + trends.index_select(0, slices)
        places = places_among(asked.candidates, self._items[asked.events])
        found = places >= 0
        steps, events = asked.steps[found], asked.events[found]
        bonuses = self._bonuses(asked, steps, events, head)
        cells = self._on_device(steps * len(asked.candidates) + places[found])
        scores.view(-1).scatter_add_(0, cells, bonuses)
        return scores

    def add_to_targets(self, products: Tensor, asked: Asked, latest: Int64s, head: Head) -> Tensor:
        """Scores of the items of `asked.rows` themselves (n,).

        Args:
            products: Of their vectors and the users' (n,).
            asked: The questions.
            latest: The newest row of the same user and item before, -1 for none (n,).
            head: Of the question.
        """
        targets = self._on_device(self._items[asked.rows])
        slices = self._on_device(slices_of(self._edges, asked.at))
        scores = products + head.bias[targets] + self._logs[slices, targets] @ head.trend
        again = np.flatnonzero(latest >= 0)
        bonuses = self._bonuses(asked, again, latest[again], head)
        return scores.index_add(0, self._on_device(again), bonuses)

    def _bonuses(self, asked: Asked, steps: Int64s, events: Int64s, head: Head) -> Tensor:
        """For items that users had, by question and newest row with the item, (n,)."""
        ages_s = asked.at[steps] - self._times[events]
        codes = habit_codes(self._nth[events], ages_s, asked.rows[steps] - events)
        sums: Tensor = _Sums.apply(head.again, self._on_device(codes))  # type: ignore[no-untyped-call]
        return sums

    def _on_device(self, array: npt.NDArray[Any]) -> Tensor:
        return torch.as_tensor(array, device=self._device)


class _Sums(torch.autograd.Function):
    """Sums of coded numbers of a small table; counting is how its gradient is quick."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, codes: Tensor) -> Tensor:
        """Sums (n,) of `table` (n_codes,) at `codes` (n, width)."""
        ctx.save_for_backward(codes)
        ctx.n_codes = len(table)
        return table[codes].sum(dim=1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """The gradients (n,) summed by code."""
        (codes,) = ctx.saved_tensors
        repeated = gradients[0].double()[:, None].expand(codes.shape).reshape(-1)
        sums = torch.bincount(codes.reshape(-1), repeated, minlength=ctx.n_codes)
        return sums.to(gradients[0].dtype), None
