"""Users who like what was planted are found, nobody where nothing is, and floors hold."""

import numpy as np
import pytest

from penchant.data.training_set import Categories, Features
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.segments import segment_metrics, segment_split
from penchant.recipes.contract import silent
from penchant.recipes.item_affinity import ItemAffinity, ItemAttributeAffinity, single_items
from penchant.recipes.segment_baselines import segment_baselines

from .planted import interactions, shuffled

N_USERS, N_GROUPS, GROUP_SIZE, N_ROWS = 800, 8, 60, 20
RECALL = "recall_at_1_percent"


def planted(again=0.0):
    """Users take nine tenths of their items from their own group; `again`: a share once more.

    Every item has one of the colours, its group's; half of the users come twice as often.
    """
    rng = np.random.default_rng(5)
    n_items = N_GROUPS * GROUP_SIZE
    group = rng.integers(0, N_GROUPS, (N_USERS, 1))
    inside = group * GROUP_SIZE + rng.integers(0, GROUP_SIZE, (N_USERS, N_ROWS))
    items = np.where(rng.random(inside.shape) < 0.9, inside, rng.integers(0, n_items, inside.shape))
    repeats = rng.random(items.shape) < again
    items[:, 1:] = np.where(repeats[:, 1:], items[:, :-1], items[:, 1:])
    colours = np.repeat(np.arange(N_GROUPS, dtype=np.int32), GROUP_SIZE)
    names = Vocabulary(f"colour {n}" for n in range(N_GROUPS))
    colour = Features({"COLOUR": Categories(names, np.arange(n_items + 1), colours)})
    data = interactions(items, n_items=n_items, item_features=colour)
    kept = (np.arange(items.size) % N_ROWS >= N_ROWS // 2) | (data.user_indices % 2 == 0)
    return data.subset(kept)


def judged(recipe, data):
    """Metrics of the recipe and of the baselines, by name."""
    split = segment_split(data, 0)
    model = recipe.fit(split.train, seed=0, progress=silent)
    by_attribute = isinstance(recipe, ItemAttributeAffinity)
    asked = split.asked(recipe.groups(data) if by_attribute else single_items(data))
    scores = {"recipe": model.score_users_for_group, **segment_baselines(split.train)}
    return {name: segment_metrics(score, asked, data.n_users) for name, score in scores.items()}


def best_baseline(metrics, key=RECALL):
    return max(found[key] for name, found in metrics.items() if name != "recipe")


def test_users_of_planted_groups_are_found_for_their_items():
    metrics = judged(ItemAffinity(), planted())
    assert metrics["recipe"][RECALL] > 1.1 * best_baseline(metrics)
    assert metrics["recipe"][RECALL] > 6 * metrics["active users"][RECALL]
    assert metrics["recipe"]["coverage"] > 0.3


def test_that_users_take_things_again_is_learned_from_the_data():
    metrics = judged(ItemAffinity(), planted(again=0.5))
    assert metrics["recipe"][RECALL] > 1.3 * best_baseline(metrics)


def test_users_of_planted_groups_are_found_for_their_colours():
    metrics = judged(ItemAttributeAffinity(), planted())
    assert metrics["recipe"]["hits_at_1_percent"] > 7.5  # of 8 named
    assert metrics["active users"]["hits_at_1_percent"] < 3


@pytest.mark.parametrize("recipe", [ItemAffinity(), ItemAttributeAffinity()])
def test_nobody_is_found_in_shuffled_rows_but_by_activity(recipe):
    metrics = judged(recipe, shuffled(planted(), 6))
    assert metrics["recipe"][RECALL] < 0.025  # by chance 0.01, by activity a little more


FLOORS = {"ml-100k": (1.35, 0.12), "ml-1m": (7.0, 0.18), "online-retail": (5.8, 0.21)}


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_public_data_is_found_better_than_by_any_baseline(name, public_data):
    metrics = judged(ItemAffinity(), public_data(name))
    found = metrics["recipe"]
    assert (found["hits_at_1_percent"], found[RECALL]) >= FLOORS[name]
    assert found[RECALL] > best_baseline(metrics)
    assert found["hits_at_1_percent"] > best_baseline(metrics, "hits_at_1_percent")
