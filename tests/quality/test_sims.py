"""SIMS finds what was planted and nothing where nothing is."""

import numpy as np

from penchant.data.queries import Query
from penchant.evaluation.leaderboard import asking_for_related
from penchant.evaluation.metrics import hit_rate, hits_in
from penchant.evaluation.ranking import rank
from penchant.evaluation.splits import last_fraction
from penchant.recipes.baselines import ITEM_ITEM
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity

from .planted import groups, interactions, shuffled


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
    sims, popularity = hit_rates(groups())
    assert sims > 0.7
    assert sims > 8 * popularity


def test_planted_groups_are_found_from_one_item():
    sims, popularity = hit_rates(groups(), by_item=True)
    assert sims > 0.6
    assert sims > 8 * popularity


def test_nothing_is_found_in_shuffled_rows():
    for by_item in (False, True):
        sims, _ = hit_rates(shuffled(groups(), 12), by_item=by_item)
        assert sims < 0.1  # ten of 300 items by chance, a few more as two rows are compared


def test_a_checkerboard_has_one_right_answer():
    """User u takes every item of u's parity: neighbours of an item are those of its parity."""
    items = np.array([[2 * k + user % 2 for k in range(8)] for user in range(10)])
    data = interactions(items, n_items=16)
    model = ITEM_ITEM.fit(data, seed=0, progress=silent)
    for item in range(16):
        ranked = rank(model, [Query(item_index=item)], 7, remove_seen=False)[0]
        assert sorted(ranked.tolist()) == [i for i in range(item % 2, 16, 2) if i != item]
