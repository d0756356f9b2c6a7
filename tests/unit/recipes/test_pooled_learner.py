"""Large catalogues and many users learn as small ones do, and where training starts from."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes import blocks
from penchant.recipes.contract import silent
from penchant.recipes.deepfm import DeepFm
from penchant.recipes.ffnn import Ffnn
from penchant.recipes.pooled_contract import Plan
from penchant.recipes.pooled_learner import ages_of

pytestmark = pytest.mark.usefixtures("one_thread")

PLAN = Plan(most_softmax=10, n_negatives=12, n_deep=8, epochs=12)
BOTH = [
    pytest.param(Ffnn(plan=PLAN, embedding_dimension=32), id="ffnn"),
    pytest.param(DeepFm(plan=PLAN, embedding_dimension=32), id="deepfm"),
]


def chains(n_users=100, n_items=30):
    """Every user goes from item i to i + 7."""
    rng = np.random.default_rng(0)
    items = (rng.integers(0, n_items, (n_users, 1)) + 7 * np.arange(12)) % n_items
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), 12),
        item_indices=items.ravel().astype(np.int32),
        timestamps=np.arange(n_users * 12, dtype=np.int64) * 60,
        event_types=np.full(n_users * 12, -1, np.int16),
        event_values=np.full(n_users * 12, np.nan, np.float32),
    )


def share_found(model, rows):
    asked = [Query(rows.history(user * 12, user * 12 + 5)) for user in range(60)]
    right = rows.item_indices[np.arange(60) * 12 + 5]
    return (model.score(asked).argmax(axis=1) == right).mean()


@pytest.mark.parametrize("recipe", BOTH)
def test_what_is_embedded_as_far_as_needed_learns_as_well(recipe, monkeypatch):
    rows = chains()
    monkeypatch.setattr(blocks, "MOST_DENSE", 20)
    model = recipe.fit(rows, seed=0, progress=silent)
    assert share_found(model, rows) > 0.9


@pytest.mark.parametrize("recipe", BOTH)
def test_a_few_items_at_a_time_are_enough(recipe):
    rows = chains()
    assert share_found(recipe.fit(rows, seed=0, progress=silent), rows) > 0.9


def test_a_training_goes_on_where_another_ended():
    rows = chains()
    recipe = Ffnn(plan=replace(PLAN, epochs=12), embedding_dimension=32)
    begun = recipe.fit(rows, seed=0, progress=silent)
    short = replace(recipe, plan=replace(PLAN, epochs=1))
    assert share_found(short.fit(rows, seed=0, progress=silent), rows) < 0.5
    assert share_found(short.fit(rows, seed=0, progress=silent, start=begun), rows) > 0.9


def test_rows_of_no_weight_teach_nothing():
    rows = chains()
    odd = rows.user_indices % 2 == 1
    items = np.where(odd, 29 - rows.item_indices, rows.item_indices).astype(np.int32)
    mixed = replace(rows, item_indices=items, weights=np.where(odd, 0, 2).astype(np.float32))
    model = BOTH[0].values[0].fit(mixed, seed=0, progress=silent)
    asked = [Query(mixed.history(user * 12, user * 12 + 5)) for user in range(0, 60, 2)]
    right = mixed.item_indices[np.arange(0, 60, 2) * 12 + 5]
    assert (model.score(asked).argmax(axis=1) == right).mean() > 0.9


def test_ages_are_shares_of_the_time_of_all_rows():
    rows = chains()
    days = replace(rows, timestamps=np.linspace(0, 10 * 86_400, rows.n_rows).astype(np.int64))
    ages = ages_of(days)
    assert (ages[0], ages[-1]) == (1, 0)
    assert ages_of(replace(rows, timestamps=np.full(rows.n_rows, 5))).tolist() == [0] * rows.n_rows
