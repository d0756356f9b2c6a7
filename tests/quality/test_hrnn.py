"""The HRNN finds structure that was planted, and none where there is none."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from penchant.data.queries import History, Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.contract import silent
from penchant.recipes.hrnn import Hrnn

SMALL = Hrnn(hidden_dimension=64, bptt=16, epochs=20, max_user_history_length_percentile=1.0)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def interactions(items, *, n_items, pauses_s=None, **columns):
    """A training set of `items` (n_users, length), an item a minute unless pauses are given."""
    n_users, length = items.shape
    pauses_s = np.full(items.shape, 60) if pauses_s is None else pauses_s
    rows = n_users * length
    blank = {
        "event_types": np.full(rows, -1, np.int16),
        "event_values": np.full(rows, np.nan, np.float32),
    }
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), length),
        item_indices=items.ravel().astype(np.int32),
        timestamps=np.cumsum(pauses_s, axis=1).ravel().astype(np.int64),
        **(blank | columns),
    )


def categories(codes):
    values = Vocabulary(str(value) for value in range(int(codes.max()) + 1))
    return Categories(values, np.arange(len(codes) + 1), codes.astype(np.int32))


def hits_of_next(training_set, recipe=SMALL):
    """Share of users whose last item is scored best after all before it."""
    offsets = training_set.offsets()
    is_last = np.isin(np.arange(training_set.n_rows), offsets[1:] - 1)
    model = recipe.fit(training_set.subset(~is_last), seed=0, progress=silent)
    asked = [
        Query(training_set.history(int(offsets[u]), int(offsets[u + 1]) - 1), u)
        for u in range(training_set.n_users)
    ]
    return float((model.score(asked).argmax(axis=1) == training_set.item_indices[is_last]).mean())


def test_chains_of_items_are_learned_and_shuffled_ones_are_not():
    rng = np.random.default_rng(0)
    chains = (rng.integers(0, 30, (150, 1)) + 7 * np.arange(20)) % 30
    assert hits_of_next(interactions(chains, n_items=30)) > 0.95
    shuffled = rng.permuted(rng.integers(0, 30, chains.shape), axis=1)
    assert hits_of_next(interactions(shuffled, n_items=30)) < 0.15


def test_an_item_long_ago_decides_when_that_is_the_pattern():
    rng = np.random.default_rng(1)
    noise = rng.integers(2, 12, (300, 30))
    kinds = rng.integers(0, 2, 300)
    noise[:, 0] = kinds
    noise[:, -1] = kinds
    data = interactions(noise, n_items=12)
    # every user's history ends as it began, 29 events and two windows earlier
    offsets = data.offsets()
    model = replace(SMALL, bptt=8).fit(data, seed=0, progress=silent)
    asked = [Query(data.history(int(offsets[u]), int(offsets[u + 1]) - 1)) for u in range(300)]
    answered = model.score(asked)[:, :2]
    assert (answered.argmax(axis=1) == kinds).mean() > 0.9


@pytest.mark.parametrize("column", ["pauses", "event_types", "event_values"])
def test_what_an_event_tells_besides_its_item_decides(column):
    rng = np.random.default_rng(2)
    kinds = rng.integers(0, 2, (200, 16))
    # after every event of kind k comes the item 2 + k, then item 0 or 1 by chance
    items = rng.integers(0, 2, (200, 16))
    items[:, 1::2] = 2 + kinds[:, 0::2]
    told = {
        "pauses": {"pauses_s": np.where(kinds, 86_400, 30)},
        "event_types": {
            "event_types": kinds.ravel().astype(np.int16),
            "event_type_names": ("view", "buy"),
        },
        "event_values": {"event_values": kinds.ravel().astype(np.float32)},
    }
    assert hits_of_next(interactions(items, n_items=4, **told[column])) > 0.95
    assert hits_of_next(interactions(items, n_items=4)) < 0.7


def test_metadata_places_items_that_nobody_touched():
    rng = np.random.default_rng(3)
    genres = np.arange(40) % 2
    tastes = rng.integers(0, 2, 200)
    # items 36 to 39 are never seen
    items = rng.integers(0, 18, (200, 12)) * 2 + tastes[:, None]
    data = replace(
        interactions(items, n_items=40),
        item_features=Features(categories={"GENRE": categories(genres)}),
    )
    model = SMALL.fit(data, seed=0, progress=silent)
    offsets = data.offsets()
    asked = [Query(data.history(int(offsets[u]), int(offsets[u + 1]))) for u in range(200)]
    cold = model.score(asked)[:, 36:]
    favourite = np.where(cold[:, 0::2].mean(axis=1) > cold[:, 1::2].mean(axis=1), 0, 1)
    assert (favourite == tastes).mean() > 0.95


def test_metadata_tells_what_a_user_without_history_begins_with():
    rng = np.random.default_rng(4)
    countries = np.arange(200) % 2
    items = rng.integers(0, 10, (200, 6)) + 10 * countries[:, None]
    data = replace(
        interactions(items, n_items=20),
        user_features=Features(categories={"COUNTRY": categories(countries)}),
    )
    model = SMALL.fit(data, seed=0, progress=silent)
    first, second, nobody = model.score([Query(History.empty(), user) for user in (0, 1, -1)])
    assert first[:10].min() > first[10:].max()
    assert second[10:].min() > second[:10].max()
    assert abs(nobody[:10].mean() - nobody[10:].mean()) < 0.5 * (
        first[:10].mean() - first[10:].mean()
    )


def test_recency_mask_follows_a_turn_of_taste():
    rng = np.random.default_rng(5)
    items = np.concatenate([rng.integers(0, 10, (200, 15)), rng.integers(10, 20, (200, 5))], axis=1)
    data = interactions(items, n_items=20)
    first_items = {}
    for recent in (True, False):
        model = replace(SMALL, recency_mask=recent, epochs=4).fit(data, seed=0, progress=silent)
        first_items[recent] = model.score([Query()])[0]
    late = {
        recent: scores[10:].mean() - scores[:10].mean() for recent, scores in first_items.items()
    }
    assert late[True] != late[False]
