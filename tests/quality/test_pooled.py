"""FFNN and DeepFM find structure that was planted, none where there is none, and floors hold.

Public data lies in `PUBLIC_DATA`, or in `public-data` in the repository.
"""

import os
import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
import torch

from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.metrics import hits_in, precision, reciprocal_rank
from penchant.evaluation.ranking import rank
from penchant.evaluation.splits import last_fraction
from penchant.recipes.contract import silent
from penchant.recipes.deepfm import DeepFm
from penchant.recipes.ffnn import Ffnn
from penchant.recipes.pooled_contract import Plan

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("PUBLIC_DATA", ROOT / "public-data"))
BOTH = [
    pytest.param(Ffnn(max_user_history_length_percentile=1.0), id="ffnn"),
    pytest.param(DeepFm(max_user_history_length_percentile=1.0), id="deepfm"),
]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def interactions(items, *, n_items, pauses_s=None, **columns):
    """A training set of `items` (n_users, length), an item a minute unless pauses are given."""
    n_users, length = items.shape
    rows = n_users * length
    pauses_s = np.full(items.shape, 60) if pauses_s is None else pauses_s
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), length),
        item_indices=items.ravel().astype(np.int32),
        timestamps=np.cumsum(pauses_s, axis=1).ravel().astype(np.int64),
        event_types=np.full(rows, -1, np.int16),
        event_values=np.full(rows, np.nan, np.float32),
        **columns,
    )


def categories(codes):
    values = Vocabulary(str(value) for value in range(int(codes.max()) + 1))
    return Categories(values, np.arange(len(codes) + 1), codes.astype(np.int32))


def hits_of_next(training_set, recipe):
    """Share of users whose last item is scored best after all before it."""
    offsets = training_set.offsets()
    is_last = np.isin(np.arange(training_set.n_rows), offsets[1:] - 1)
    model = recipe.fit(training_set.subset(~is_last), seed=0, progress=silent)
    asked = [
        Query(training_set.history(int(offsets[u]), int(offsets[u + 1]) - 1), u)
        for u in range(training_set.n_users)
    ]
    return float((model.score(asked).argmax(axis=1) == training_set.item_indices[is_last]).mean())


@pytest.mark.parametrize("recipe", BOTH)
def test_what_follows_an_item_is_learned_and_shuffled_it_is_not(recipe):
    rng = np.random.default_rng(0)
    chains = (rng.integers(0, 20, (150, 1)) + 7 * np.arange(12)) % 20
    assert hits_of_next(interactions(chains, n_items=20), recipe) > 0.9
    shuffled = rng.permuted(rng.integers(0, 20, chains.shape), axis=1)
    assert hits_of_next(interactions(shuffled, n_items=20), recipe) < 0.2


@pytest.mark.parametrize("recipe", BOTH)
def test_metadata_places_items_that_nobody_touched(recipe):
    rng = np.random.default_rng(3)
    genres = np.arange(40) % 2
    tastes = rng.integers(0, 2, 150)
    # items 36 to 39 are never seen
    items = rng.integers(0, 18, (150, 12)) * 2 + tastes[:, None]
    data = replace(
        interactions(items, n_items=40),
        item_features=Features(categories={"GENRE": categories(genres)}),
    )
    model = recipe.fit(data, seed=0, progress=silent)
    offsets = data.offsets()
    asked = [Query(data.history(int(offsets[u]), int(offsets[u + 1]))) for u in range(150)]
    cold = model.score(asked)[:, 36:]
    favourite = np.where(cold[:, 0::2].mean(axis=1) > cold[:, 1::2].mean(axis=1), 0, 1)
    assert (favourite == tastes).mean() > 0.95


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
    rng = np.random.default_rng(5)
    # the first half of the users came long before the other half and liked other items
    items = rng.integers(0, 10, (300, 8)) + 10 * (np.arange(300) >= 150)[:, None]
    pauses_s = np.full(items.shape, 60)
    pauses_s[:, 0] = np.arange(300) * 86_400
    data = interactions(items, n_items=20, pauses_s=pauses_s)
    begun = Ffnn(recency_mask=False).fit(data, seed=0, progress=silent).score([Query()])[0]
    assert begun[10:].mean() > begun[:10].mean() + 0.3


@pytest.mark.parametrize("recipe", BOTH)
@pytest.mark.parametrize("returning", [True, False])
def test_whether_users_come_back_to_items_is_learned(recipe, returning):
    rng = np.random.default_rng(6)
    own = np.argsort(rng.random((200, 40)), axis=1)
    items = np.take_along_axis(own, rng.integers(0, 5, (200, 16)), 1) if returning else own[:, :16]
    data = interactions(items, n_items=40)
    model = recipe.fit(data, seed=0, progress=silent)
    asked = [Query(data.history(user * 16, user * 16 + 16)) for user in range(30)]
    scores = model.score(asked)
    had = np.zeros(scores.shape, np.bool_)
    for row, query in zip(had, asked, strict=True):
        row[query.history.items] = True
    gain = scores[had].mean() - scores[~had].mean()
    assert (gain > 1) if returning else (gain < -1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "mrr", "precision_at_10"), [(Ffnn(), 0.38, 0.148), (DeepFm(), 0.35, 0.135)]
)
def test_floors_on_films_from_interactions_alone(recipe, mrr, precision_at_10):
    """Popularity reaches .179 and .067, the cosine .249 and .094, EASE with recency .346, .132."""
    split = last_fraction(public_data("ml-100k"))
    model = recipe.fit(split.train, seed=0, progress=silent)
    hits, _ = hits_in(rank(model, split.queries, 25, remove_seen=True), split.relevant)
    assert reciprocal_rank(hits).mean() > mrr
    assert precision(hits, 10).mean() > precision_at_10


def public_data(name):
    if not (DATA / name).is_dir():
        pytest.skip(f"{DATA / name} is not there; set PUBLIC_DATA")
    spec = spec_from_file_location("accuracy", ROOT / "bench" / "accuracy.py")
    sys.modules["accuracy"] = module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.read_interactions(DATA / name)
