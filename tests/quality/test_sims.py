"""SIMS finds what was planted and nothing where nothing is."""

from dataclasses import replace

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.leaderboard import asking_for_related
from penchant.evaluation.metrics import hit_rate, hits_in
from penchant.evaluation.ranking import rank
from penchant.evaluation.splits import last_fraction
from penchant.recipes.baselines import ITEM_ITEM
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity

N_GROUPS, GROUP_SIZE, N_USERS, N_ROWS = 20, 15, 600, 12


def training_set(item_indices, n_items):
    """One row per user and line of `item_indices` (n_users, n_rows), in order of time."""
    n_users, n_rows = item_indices.shape
    n = n_users * n_rows
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), n_rows),
        item_indices=item_indices.reshape(n).astype(np.int32),
        timestamps=np.arange(n, dtype=np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
    )


def planted():
    """Every user takes nine tenths of the items from one group, the rest from anywhere."""
    rng = np.random.default_rng(11)
    n_items = N_GROUPS * GROUP_SIZE
    group = rng.integers(0, N_GROUPS, (N_USERS, 1))
    inside = group * GROUP_SIZE + rng.integers(0, GROUP_SIZE, (N_USERS, N_ROWS))
    anywhere = rng.integers(0, n_items, (N_USERS, N_ROWS))
    items = np.where(rng.random((N_USERS, N_ROWS)) < 0.9, inside, anywhere)
    return training_set(items, n_items)


def shuffled(data):
    """The same rows with the items dealt out anew."""
    dealt = np.random.default_rng(12).permutation(data.item_indices)
    return replace(data, item_indices=dealt)


def hit_rates(data, *, by_item=False):
    """Hit rate at 10 of SIMS and of popularity, seen items removed."""
    split = last_fraction(data)
    asked = asking_for_related(split) if by_item else split
    rates = []
    for recipe in (ITEM_ITEM, Popularity()):
        model = recipe.fit(split.train, seed=0, progress=silent)
        ranked = rank(model, asked.queries, 10, remove_seen=True)
        hits, _ = hits_in(ranked, split.relevant)
        rates.append(hit_rate(hits, 10).mean())
    return rates


def test_planted_groups_are_found_from_a_history():
    sims, popularity = hit_rates(planted())
    assert sims > 0.7
    assert sims > 8 * popularity


def test_planted_groups_are_found_from_one_item():
    sims, popularity = hit_rates(planted(), by_item=True)
    assert sims > 0.6
    assert sims > 8 * popularity


def test_nothing_is_found_in_shuffled_rows():
    for by_item in (False, True):
        sims, _ = hit_rates(shuffled(planted()), by_item=by_item)
        assert sims < 0.1  # ten of 300 items by chance, a few more as two rows are compared


def test_a_checkerboard_has_one_right_answer():
    """User u takes every item of u's parity: neighbours of an item are those of its parity."""
    items = np.array([[2 * k + user % 2 for k in range(8)] for user in range(10)])
    data = training_set(items, 16)
    model = ITEM_ITEM.fit(data, seed=0, progress=silent)
    for item in range(16):
        ranked = rank(model, [Query(item_index=item)], 7, remove_seen=False)[0]
        assert sorted(ranked.tolist()) == [i for i in range(item % 2, 16, 2) if i != item]
