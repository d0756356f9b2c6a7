"""From windows to tensors that point into the items embedded at a step."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from penchant.data.training_set import Int64s, TrainingSet
from penchant.models.marks import N_COLUMNS, Marks
from penchant.recipes.blocks import is_sparse
from penchant.recipes.sampling import Windows, places_among


@dataclass(frozen=True)
class Tensors:
    """Windows on the device; items are rows of the vectors at hand, -1 for none.

    `inputs`, `older...` as in `sampling.Windows`; `marks` (n_steps * b, columns); `wanted` where a
    step has a target (n_steps, b); `rows` of the targets (n_targets,).
    """

    inputs: Tensor
    marks: Tensor
    older: Tensor
    older_ages: Tensor
    older_begins: Tensor
    wanted: Tensor
    rows: Tensor


@dataclass(frozen=True)
class Lesson:
    """What a step learns from.

    Attributes:
        items: The items embedded at this step (n_rows,).
        windows: What was before every target; points into `items`.
        targets: Rows of `items`, one per target (n_targets,).
        candidates: Rows of `items`, those that the targets are told from (n_candidates,).
    """

    items: Tensor
    windows: Tensors
    targets: Tensor
    candidates: Tensor


class WindowReader:
    """Puts windows on the device.

    Args:
        training_set: Rows sorted by user and time.
        marks: How events are coded.
        device: Where tensors go.
    """

    def __init__(self, training_set: TrainingSet, marks: Marks, device: torch.device) -> None:
        self._marks = marks.codes_of_rows(training_set)
        self._items = training_set.item_indices.astype(np.int64)
        self._n_items = training_set.n_items
        self._device = device

    def lesson(self, windows: Windows, candidates: Int64s) -> Lesson:
        """The windows, and the items that their targets are told from."""
        wanted = windows.targets >= 0
        inputs = np.where(windows.inputs >= 0, self._items[windows.inputs], -1)
        parts = [inputs, self._items[windows.older], windows.targets[wanted], candidates]
        rows = np.arange(self._n_items)
        if is_sparse(self._n_items):
            rows = np.unique(np.concatenate([part.ravel() for part in parts]))
            rows = rows[rows >= 0]
            parts = [places_among(rows, part) for part in parts]
        read, older, targets, against = (self.tensor(part) for part in parts)
        tensors = Tensors(
            inputs=read,
            marks=self.tensor(self._marks[windows.inputs].reshape(-1, N_COLUMNS)),
            older=older,
            older_ages=self.tensor(windows.older_ages),
            older_begins=self.tensor(windows.older_begins),
            wanted=self.tensor(wanted),
            rows=self.tensor(windows.rows[wanted]),
        )
        return Lesson(self.tensor(rows), tensors, targets, against)

    def tensor(self, array: npt.NDArray[Any]) -> Tensor:
        """An array on the device."""
        return torch.as_tensor(array, device=self._device)
