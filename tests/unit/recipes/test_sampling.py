"""Windows hold every event as a target once, after what came before it."""

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.sampling import NO_TARGET, WindowSampler, places_among, row_weights

LENGTHS = [3, 0, 1, 12, 5, 6]


def training_set():
    rows = sum(LENGTHS)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(len(LENGTHS))),
        items=Vocabulary(f"i{i}" for i in range(rows)),
        user_indices=np.repeat(np.arange(len(LENGTHS), dtype=np.int32), LENGTHS),
        item_indices=np.arange(rows, dtype=np.int32)[::-1].copy(),
        timestamps=np.arange(rows, dtype=np.int64),
        event_types=np.full(rows, -1, np.int16),
        event_values=np.full(rows, np.nan, np.float32),
    )


def sampler(learned=None, max_older=100):
    learned = np.ones(len(LENGTHS), np.bool_) if learned is None else learned
    return WindowSampler(training_set(), learned, length=5, max_older=max_older)


def batches(**options):
    return list(sampler(**options).epoch(np.random.default_rng(4), 2))


def test_an_epoch_has_every_event_of_the_learned_users_as_next_target_once():
    learned = np.array([True, True, True, True, False, True])
    targets = np.concatenate([windows.targets.ravel() for windows in batches(learned=learned)])
    kept = training_set().item_indices[learned[training_set().user_indices]]
    assert sorted(targets[targets != NO_TARGET]) == sorted(kept)


def test_the_input_of_a_target_is_the_event_before_it_or_none():
    data = training_set()
    offsets = data.offsets()
    for windows in batches():
        is_target = windows.targets != NO_TARGET
        rows = windows.rows[is_target]
        assert np.array_equal(data.item_indices[rows], windows.targets[is_target])
        is_first = np.isin(rows, offsets[:-1])
        assert np.array_equal(windows.inputs[is_target], np.where(is_first, -1, rows - 1))


def test_older_events_are_all_before_the_windows_first_input():
    data = training_set()
    offsets = data.offsets()
    for windows in batches():
        ends = [*windows.older_begins[1:], len(windows.older)]
        for place, user in enumerate(windows.users):
            older = windows.older[windows.older_begins[place] : ends[place]]
            first = windows.inputs[0, place]
            expected = np.arange(offsets[user], max(first, offsets[user]))
            assert np.array_equal(older, expected)
            ages = windows.older_ages[windows.older_begins[place] : ends[place]]
            assert np.array_equal(ages, np.arange(len(older))[::-1])


def test_only_the_newest_older_events_are_kept():
    for windows in batches(max_older=2):
        assert (windows.older_ages < 2).all()


def test_windows_of_a_batch_are_of_like_length():
    one = sampler()
    slots = sum(w.inputs.size for w in one.epoch(np.random.default_rng(0), 2))
    lengths = [5, 5, 5, 5, 5, 3, 1]
    assert slots <= 2 * sum(lengths)


def test_cuts_differ_by_epoch_and_come_back_with_the_seed():
    one = sampler()
    rng = np.random.default_rng(0)
    epochs = [[w.rows.tolist() for w in one.epoch(rng, 3)] for _ in range(2)]
    assert epochs[0] != epochs[1]
    assert epochs[0] == [w.rows.tolist() for w in one.epoch(np.random.default_rng(0), 3)]


def test_the_number_of_windows_is_right_on_average():
    one, rng = sampler(), np.random.default_rng(0)
    counted = [sum(w.inputs.shape[1] for w in one.epoch(rng, 4)) for _ in range(800)]
    assert one.n_windows == pytest.approx(np.mean(counted), rel=0.02)


def test_a_row_weighs_half_of_one_that_came_half_of_all_rows_later():
    data = training_set()
    weights = row_weights(data, recency=True)
    n = len(weights)
    assert weights[-1] == 1
    assert weights[0] == pytest.approx(0.25, rel=0.1)
    assert weights[n // 2 - 1] == pytest.approx(0.5, rel=0.1)
    assert row_weights(data, recency=False).tolist() == [1] * n


def test_places_are_found_among_sorted_items():
    found = places_among(np.array([2, 5, 9]), np.array([[9, 2], [3, 11]]))
    assert found.tolist() == [[2, 0], [-1, -1]]
