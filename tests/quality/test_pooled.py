"""FFNN and DeepFM find structure that was planted, none where there is none, and floors hold."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import Features
from penchant.evaluation.splits import last_fraction
from penchant.recipes.contract import silent
from penchant.recipes.deepfm import DeepFm
from penchant.recipes.ffnn import Ffnn
from penchant.recipes.pooled_contract import Plan

from .planted import (
    asked_of,
    categories,
    coming_back,
    gain_of_what_was_had,
    hits_of_next,
    interactions,
    measured,
    tastes_found,
    turn_of_taste,
    two_tastes,
)

BOTH = [
    pytest.param(Ffnn(max_user_history_length_percentile=1.0), id="ffnn"),
    pytest.param(DeepFm(max_user_history_length_percentile=1.0), id="deepfm"),
]


@pytest.mark.parametrize("recipe", BOTH)
def test_what_follows_an_item_is_learned_and_shuffled_it_is_not(recipe):
    rng = np.random.default_rng(0)
    chains = (rng.integers(0, 20, (150, 1)) + 7 * np.arange(12)) % 20
    assert hits_of_next(interactions(chains, n_items=20), recipe) > 0.9
    shuffled = rng.permuted(rng.integers(0, 20, chains.shape), axis=1)
    assert hits_of_next(interactions(shuffled, n_items=20), recipe) < 0.2


@pytest.mark.parametrize("recipe", BOTH)
def test_metadata_places_items_that_nobody_touched(recipe):
    items, tastes = two_tastes(3, 150)
    genre = Features(categories={"GENRE": categories(np.arange(40) % 2)})
    data = interactions(items, n_items=40, item_features=genre)
    model = recipe.fit(data, seed=0, progress=silent)
    never_seen = model.score(asked_of(data, by_name=False))[:, 36:]
    assert (tastes_found(never_seen) == tastes).mean() > 0.95


@pytest.mark.parametrize("recipe", BOTH)
def test_metadata_and_context_tell_what_a_user_without_history_begins_with(recipe):
    rng = np.random.default_rng(4)
    countries = np.arange(300) % 2
    evenings = rng.integers(0, 2, (300, 6))
    items = rng.integers(0, 5, (300, 6)) + 5 * evenings + 10 * countries[:, None]
    data = replace(
        interactions(items, n_items=20),
        user_features=Features(categories={"COUNTRY": categories(countries)}),
        contexts=Features(categories={"HOUR": categories(evenings.ravel())}),
    )
    model = recipe.fit(data, seed=0, progress=silent)
    asked = [Query(user_index=u, context={"HOUR": hour}) for u in (0, 1) for hour in "01"]
    best = model.score(asked).reshape(4, 4, 5).mean(axis=2).argmax(axis=1)
    assert best.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("recipe", BOTH)
def test_what_two_fields_tell_together_alone_is_learned(recipe):
    rng = np.random.default_rng(7)
    recipe = replace(recipe, plan=Plan(epochs=60), dropout=0.1)
    countries = np.arange(200) % 2
    evenings = rng.integers(0, 2, (200, 6))
    # neither the country nor the hour alone tells anything
    items = rng.integers(0, 5, (200, 6)) + 5 * (evenings ^ countries[:, None])
    data = replace(
        interactions(items, n_items=10),
        user_features=Features(categories={"COUNTRY": categories(countries)}),
        contexts=Features(categories={"HOUR": categories(evenings.ravel())}),
    )
    model = recipe.fit(data, seed=0, progress=silent)
    asked = [Query(user_index=u, context={"HOUR": hour}) for u in (0, 1) for hour in "01"]
    best = model.score(asked).reshape(4, 2, 5).mean(axis=2).argmax(axis=1)
    assert best.tolist() == [0, 1, 1, 0]


def test_the_age_of_rows_brings_what_is_liked_now_first():
    data = turn_of_taste(300)
    model = Ffnn(recency_mask=False).fit(data, seed=0, progress=silent)
    nobody = model.score([Query()])[0]
    assert nobody[10:].mean() > nobody[:10].mean() + 0.3


@pytest.mark.parametrize("recipe", BOTH)
@pytest.mark.parametrize("returning", [True, False])
def test_whether_users_come_back_to_items_is_learned(recipe, returning):
    data = coming_back(200, returning=returning)
    gain = gain_of_what_was_had(recipe.fit(data, seed=0, progress=silent), data)
    assert (gain > 1) if returning else (gain < -1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "floors"),
    [(Ffnn(), {"mrr": 0.38, "p10": 0.148}), (DeepFm(), {"mrr": 0.35, "p10": 0.135})],
)
def test_floors_on_films_from_interactions_alone(recipe, floors, public_data):
    """Popularity reaches .179 and .067, the cosine .249 and .094, EASE with recency .346, .132."""
    split = last_fraction(public_data("ml-100k"))
    reached = measured(recipe.fit(split.train, seed=0, progress=silent), split)
    assert all(reached[name] > floor for name, floor in floors.items()), reached
