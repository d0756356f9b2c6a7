"""Returns are found as a search through every history finds them."""

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.returns import ReturnFinder
from penchant.recipes.sampling import NO_TARGET, WindowSampler

MAX_HISTORY = 12


def training_set():
    rng = np.random.default_rng(2)
    lengths = rng.integers(0, 25, 12)
    rows = int(lengths.sum())
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(12)),
        items=Vocabulary(f"i{i}" for i in range(6)),
        user_indices=np.repeat(np.arange(12, dtype=np.int32), lengths),
        item_indices=rng.integers(0, 6, rows).astype(np.int32),
        timestamps=np.arange(rows, dtype=np.int64),
        event_types=np.full(rows, -1, np.int16),
        event_values=np.full(rows, np.nan, np.float32),
    )


def searched(data, known):
    """The latest event of each item among the `known` rows."""
    return {int(data.item_indices[event]): event for event in sorted(known)}


@pytest.mark.parametrize("batch_size", [1, 4, 50])
def test_items_had_before_are_found_each_by_its_latest_event(batch_size):
    data = training_set()
    offsets = data.offsets()
    sampler = WindowSampler(data, np.ones(12, np.bool_), length=4, max_older=MAX_HISTORY - 4)
    finder = ReturnFinder(data, MAX_HISTORY)
    for windows in sampler.epoch(np.random.default_rng(0), batch_size):
        returns = finder.find(windows)
        wanted = windows.targets != NO_TARGET
        for step, row in enumerate(windows.rows[wanted]):
            begin = windows.rows[0][np.nonzero(wanted)[1][step]]
            first = max(begin - 1 - (MAX_HISTORY - 4), offsets[data.user_indices[row]])
            expected = searched(data, range(first, row))
            at_step = returns.steps == step
            events = returns.events[at_step]
            items = data.item_indices[events].tolist()
            assert len(items) == len(set(items))
            assert dict(zip(items, events, strict=True)) == expected


def test_a_target_is_a_return_unless_its_item_is_new_or_too_long_ago():
    data = training_set()
    offsets = data.offsets()
    sampler = WindowSampler(data, np.ones(12, np.bool_), length=4, max_older=MAX_HISTORY - 4)
    for windows in sampler.epoch(np.random.default_rng(0), 3):
        rows = windows.rows[windows.targets != NO_TARGET]
        returns = ReturnFinder(data, MAX_HISTORY).find(windows)
        for row, is_return, latest in zip(rows, returns.is_return, returns.latest, strict=True):
            first = max(offsets[data.user_indices[row]], row - MAX_HISTORY)
            known = searched(data, range(first, row))
            item = int(data.item_indices[row])
            assert is_return == (item in known)
            assert not is_return or latest == known[item]
