"""What the right items are told from: those that training met, all or a few of them."""

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.met_items import MetItems


def met_items(most_softmax, n_negatives):
    items = np.array([1, 1, 4, 5, 5, 7], np.int32)
    return MetItems(
        TrainingSet(
            users=Vocabulary(["u"]),
            items=Vocabulary(f"i{i}" for i in range(9)),
            user_indices=np.zeros(6, np.int32),
            item_indices=items,
            timestamps=np.arange(6, dtype=np.int64),
            event_types=np.full(6, -1, np.int16),
            event_values=np.full(6, np.nan, np.float32),
        ),
        most_softmax,
        n_negatives,
    )


def test_items_without_interactions_are_none_of_them():
    items = met_items(4, 2)
    assert len(items) == 4
    assert items.items.tolist() == [1, 4, 5, 7]
    assert np.flatnonzero(items.met).tolist() == [1, 4, 5, 7]
    assert np.flatnonzero(items.rarest).tolist() == [4, 7]


def test_a_small_catalogue_is_told_apart_whole():
    items = met_items(4, 2)
    candidates = items.candidates(np.random.default_rng(0))
    assert candidates.tolist() == [1, 4, 5, 7]
    assert items.all_among(candidates)


@pytest.mark.parametrize(("n_negatives", "n"), [(2, 2), (9, 4)])
def test_of_a_larger_one_some_are_drawn_sorted_and_none_twice(n_negatives, n):
    items, rng = met_items(3, n_negatives), np.random.default_rng(0)
    drawn = [items.candidates(rng) for _ in range(30)]
    assert all(np.unique(candidates).tolist() == candidates.tolist() for candidates in drawn)
    assert {len(candidates) for candidates in drawn} == {n}
    assert set(np.concatenate(drawn).tolist()) == {1, 4, 5, 7}
    assert items.all_among(drawn[0]) == (n == 4)
