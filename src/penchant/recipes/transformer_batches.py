"""From windows to what the transformer's network reads of them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from penchant.data.training_set import Int64s, TrainingSet
from penchant.models.marks import N_COLUMNS
from penchant.models.transformer_shape import Shape, distance_codes
from penchant.recipes.blocks import is_sparse
from penchant.recipes.sampling import Windows, places_among
from penchant.recipes.transformer_network import Tensors


class Batches:
    """Puts windows on the device.

    Args:
        training_set: Rows sorted by user and time.
        shape: How histories are read.
        device: Where tensors go.
    """

    def __init__(self, training_set: TrainingSet, shape: Shape, device: torch.device) -> None:
        marks = shape.marks(len(training_set.event_type_names))
        self._marks = marks.codes_of_rows(training_set)
        self._items = training_set.item_indices.astype(np.int64)
        self._times = training_set.timestamps
        self._n_items = training_set.n_items
        self._weights = shape.weights()
        self._device = device
        self._dense = not is_sparse(training_set.n_items)

    def rows(self, windows: Windows, *others: Int64s) -> Int64s:
        """The items that a step embeds, sorted; `others` beside those of the windows."""
        if self._dense:
            return np.arange(self._n_items)
        read = self._items[windows.inputs[windows.inputs >= 0]]
        return np.unique(np.concatenate([read, self._items[windows.older], *others]))

    def places(self, rows: Int64s, items: Int64s) -> Tensor:
        """Where items stand among `rows`."""
        return self.tensor(items if self._dense else places_among(rows, items))

    def tensors(self, windows: Windows, rows: Int64s) -> Tensors:
        """The windows, pointing into `rows`."""
        counted = windows.inputs >= 0
        read = self._items[windows.inputs]
        inputs = np.where(counted, read if self._dense else places_among(rows, read), -1)
        # a beginning stands at the time of the first event
        times = self._times[np.where(counted, windows.inputs, windows.rows)].T
        older, mass = self._older(windows, rows)
        return Tensors(
            inputs=self.tensor(inputs),
            marks=self.tensor(self._marks[windows.inputs].reshape(-1, N_COLUMNS)),
            distances=self.tensor(distance_codes(times)),
            older=self.tensor(older),
            older_mass=self.tensor(mass),
            users=self.tensor(windows.users),
        )

    def tensor(self, array: npt.NDArray[Any]) -> Tensor:
        """An array on the device."""
        return torch.as_tensor(array, device=self._device)

    def _older(
        self, windows: Windows, rows: Int64s
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Weights by mean, window and item, and their sums by mean and window.

        One product with the items' vectors is quicker than sums of bags of them.
        """
        b, n_rows = len(windows.users), len(rows)
        counts = np.diff(np.append(windows.older_begins, len(windows.older)))
        bags = np.repeat(np.arange(b), counts)
        items = self._items[windows.older]
        cells = bags * n_rows + (items if self._dense else places_among(rows, items))
        weights = self._weights[:, windows.older_ages]
        by_item = [np.bincount(cells, of_mean, b * n_rows) for of_mean in weights]
        mass = [np.bincount(bags, of_mean, b) for of_mean in weights]
        shape = (len(weights), b, n_rows)
        return np.array(by_item, np.float32).reshape(shape), np.array(mass, np.float32)
