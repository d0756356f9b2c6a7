"""Windows point at the same items whether a step embeds all of them or what it needs."""

import numpy as np
import torch

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.marks import Marks
from penchant.recipes import blocks
from penchant.recipes.sampling import WindowSampler
from penchant.recipes.window_tensors import WindowReader

ITEMS = np.array([8, 3, 8, 5, 9, 3, 3, 9, 1, 5], np.int32)


def lesson():
    n_rows = len(ITEMS)
    rows = TrainingSet(
        users=Vocabulary("uv"),
        items=Vocabulary(f"i{i}" for i in range(12)),
        user_indices=np.repeat(np.arange(2, dtype=np.int32), 5),
        item_indices=ITEMS,
        timestamps=np.arange(n_rows, dtype=np.int64),
        event_types=np.full(n_rows, -1, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
    )
    sampler = WindowSampler(rows, np.ones(2, np.bool_), length=2, max_older=3)
    windows = sampler.windows(np.array([0, 1]), np.array([3, 5]), np.array([5, 7]))
    reader = WindowReader(rows, Marks(0, np.empty(0, np.float32)), torch.device("cpu"))
    return reader.lesson(windows, np.array([3, 10]))


def pointed_at(told):
    """Items by what points at them; -1 where a user begins."""
    read = told.items[told.windows.inputs.clamp(min=0)].masked_fill(told.windows.inputs < 0, -1)
    named = (read, told.items[told.windows.older], told.items[told.targets])
    return [items.tolist() for items in (*named, told.items[told.candidates])]


def test_a_large_catalogue_is_embedded_as_far_as_needed_and_read_alike(monkeypatch):
    whole = lesson()
    monkeypatch.setattr(blocks, "MOST_DENSE", 5)
    needed = lesson()
    assert whole.items.tolist() == list(range(12))
    assert needed.items.tolist() == [3, 5, 8, 9, 10]
    expected = [[[8, -1], [5, 3]], [8, 3], [5, 3, 9, 3], [3, 10]]
    assert pointed_at(whole) == pointed_at(needed) == expected
