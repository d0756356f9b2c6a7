"""The transformer finds structure that was planted, none where there is none, and floors hold."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import Features
from penchant.evaluation.splits import aws_notebook_split, last_fraction, leave_one_out, temporal
from penchant.recipes.contract import silent
from penchant.recipes.transformer import Transformer

from .planted import (
    asked_of,
    categories,
    deciding_events,
    hits_of_next,
    interactions,
    measured,
    tastes_found,
    two_tastes,
)

SMALL = Transformer(dim=32, n_steps=16, batch_size=16, epochs=20, most_history_percentile=1.0)


def test_chains_of_items_are_learned_and_shuffled_ones_are_not():
    rng = np.random.default_rng(0)
    chains = (rng.integers(0, 30, (100, 1)) + 7 * np.arange(16)) % 30
    assert hits_of_next(interactions(chains, n_items=30), SMALL) > 0.95
    shuffled = rng.permuted(rng.integers(0, 30, chains.shape), axis=1)
    assert hits_of_next(interactions(shuffled, n_items=30), SMALL) < 0.15


@pytest.mark.parametrize("column", ["pauses", "event_types", "event_values"])
def test_what_an_event_tells_besides_its_item_decides(column):
    items, told = deciding_events(column, 120)
    assert hits_of_next(interactions(items, n_items=4, **told), SMALL) > 0.95
    assert hits_of_next(interactions(items, n_items=4), SMALL) < 0.7


def test_the_context_of_the_moment_decides():
    rng = np.random.default_rng(3)
    devices = rng.integers(0, 2, (150, 12))
    items = rng.integers(0, 5, devices.shape) + 5 * devices
    contexts = Features(categories={"DEVICE": categories(devices.ravel())})
    data = interactions(items, n_items=10, contexts=contexts)
    model = SMALL.fit(data, seed=0, progress=silent)
    for device in (0, 1):
        scores = model.score(asked_of(data, context={"DEVICE": str(device)}))
        own, other = scores[:, 5 * device :][:, :5], scores[:, 5 - 5 * device :][:, :5]
        assert (own.min(axis=1) > other.max(axis=1)).mean() > 0.95


def test_rows_that_weigh_more_are_what_is_predicted():
    rng = np.random.default_rng(4)
    items = rng.integers(0, 10, (150, 12))
    weights = np.where(items.ravel() < 5, 1.9, 0.1).astype(np.float32)
    data = interactions(items, n_items=10)
    gains = []
    for weighed in (data, replace(data, weights=weights)):
        scores = SMALL.fit(weighed, seed=0, progress=silent).score([Query()])[0]
        gains.append(scores[:5].mean() - scores[5:].mean())
    assert abs(gains[0]) < 0.5
    assert gains[1] > 1.5


@pytest.mark.parametrize("told_by", ["categories", "texts"])
def test_metadata_places_items_that_nobody_touched(told_by):
    items, tastes = two_tastes(5, 200)
    genres = np.arange(40) % 2
    words = ("a frozen lake in the north", "a hot desert of the south")
    told = {
        "categories": {"categories": {"GENRE": categories(genres)}},
        "texts": {"texts": {"PLOT": tuple(words[genre] for genre in genres)}},
    }
    data = interactions(items, n_items=40, item_features=Features(**told[told_by]))
    never_seen = SMALL.fit(data, seed=0, progress=silent).score(asked_of(data))[:, 36:]
    assert (tastes_found(never_seen) == tastes).mean() > 0.95


def test_metadata_tells_what_a_user_without_history_begins_with():
    rng = np.random.default_rng(6)
    countries = np.arange(200) % 2
    items = rng.integers(0, 10, (200, 6)) + 10 * countries[:, None]
    users = Features(categories={"COUNTRY": categories(countries)})
    data = replace(interactions(items, n_items=20), user_features=users)
    model = SMALL.fit(data, seed=0, progress=silent)
    first, second, nobody = model.score([Query(user_index=user) for user in (0, 1, -1)])
    assert first[:10].min() > first[10:].max()
    assert second[10:].min() > second[:10].max()
    gain = nobody[:10].mean() - nobody[10:].mean()
    assert abs(gain) < 0.5 * (first[:10].mean() - first[10:].mean())


def test_what_continues_a_session_is_not_what_is_taken_after_a_pause():
    rng = np.random.default_rng(7)
    # sessions of four; they begin with one of the items 0 to 4 and go on with 5 to 19
    items = rng.integers(5, 20, (150, 24))
    items[:, ::4] = rng.integers(0, 5, (150, 6))
    pauses_s = np.full(items.shape, 60)
    pauses_s[:, ::4] = 86_400 * rng.integers(1, 30, (150, 6))
    data = interactions(items[:, :22], n_items=20, pauses_s=pauses_s[:, :22])
    model = replace(SMALL, most_later=1).fit(data, seed=0, progress=silent)
    asked = asked_of(data)
    ends = [int(query.history.timestamps[-1]) for query in asked]
    for gap_s, begins in ((30, False), (10 * 86_400, True)):
        pairs = zip(asked, ends, strict=True)
        scores = model.score([replace(query, timestamp=end + gap_s) for query, end in pairs])
        assert ((scores.argmax(axis=1) < 5) == begins).mean() > 0.95


def test_what_is_taken_in_turn_is_offered_when_its_time_comes():
    rng = np.random.default_rng(8)
    # within a session nobody takes an item twice; in the next one they take the same five again
    own = np.argsort(rng.random((150, 40)), axis=1)[:, :5]
    items = np.concatenate([rng.permuted(own, axis=1) for _ in range(5)], axis=1)
    pauses_s = np.full(items.shape, 60)
    pauses_s[:, ::5] = 7 * 86_400
    data = interactions(items[:, :22], n_items=40, pauses_s=pauses_s[:, :22])
    model = SMALL.fit(data, seed=0, progress=silent)
    until = int(data.timestamps.max())
    later = model.score(asked_of(data, timestamp=until + 6 * 86_400))
    soon = model.score(asked_of(data))
    best = np.argsort(-later, axis=1)[:, :5]
    assert np.mean([np.isin(best[u], own[u]).mean() for u in range(150)]) > 0.9
    newest = items[:, 20:22]
    assert (soon.argmax(axis=1)[:, None] != newest).all(axis=1).mean() > 0.9


def test_what_is_on_the_rise_is_followed_unless_that_is_off():
    rng = np.random.default_rng(9)
    # users come one after the other; in every twentieth of the time another item is the fashion
    fashions = np.repeat(rng.permutation(20), 15)
    items = np.where(rng.random((300, 6)) < 0.7, fashions[:, None], rng.integers(0, 20, (300, 6)))
    pauses_s = np.full(items.shape, 60)
    pauses_s[:, 0] = np.arange(300) * 86_400
    data = interactions(items, n_items=20, pauses_s=pauses_s)
    until, gains = int(data.timestamps.max()), []
    for recency in (True, False):
        model = replace(SMALL, apply_recency_bias=recency).fit(data, seed=0, progress=silent)
        scores = model.score([Query(timestamp=until + 60)])[0]
        gains.append(scores[fashions[-1]] - np.median(scores))
    assert gains[0] > 2
    assert gains[0] > gains[1] + 1


FLOORS = [
    pytest.param("ml-1m", aws_notebook_split, True, {"mrr": 0.42, "p10": 0.180}, id="ml-1m aws"),
    pytest.param("ml-1m", leave_one_out, True, {"ndcg": 0.185}, id="ml-1m loo"),
    pytest.param("ml-100k", leave_one_out, True, {"ndcg": 0.125}, id="ml-100k loo"),
    pytest.param("ml-100k", last_fraction, True, {"mrr": 0.38, "p10": 0.145}, id="ml-100k last10"),
    pytest.param("online-retail", temporal, False, {"ndcg": 0.33}, id="retail, seen kept"),
    pytest.param("online-retail", temporal, True, {"ndcg": 0.078}, id="retail, seen removed"),
    pytest.param(
        "online-retail", last_fraction, True, {"mrr": 0.22, "p10": 0.056}, id="retail last10"
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "split_of", "remove_seen", "floors"), FLOORS)
def test_floors_from_interactions_alone(name, split_of, remove_seen, floors, public_data):
    """Defaults everywhere; baselines on the same rows stand in docs/experiments.md."""
    split = split_of(public_data(name))
    model = Transformer().fit(split.train, seed=0, progress=silent)
    reached = measured(model, split, remove_seen=remove_seen)
    assert all(reached[name] > floor for name, floor in floors.items()), reached
