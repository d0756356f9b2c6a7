"""What is told beside interactions helps the HRNN where it carries signal, and only there."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import Features, Objective
from penchant.models.hrnn_refresh import renewed
from penchant.recipes.contract import silent
from penchant.recipes.hrnn import Hrnn

from .planted import asked_of, categories, interactions, tastes_found, two_tastes

SMALL = Hrnn(hidden_dimension=64, bptt=16, epochs=20, max_user_history_length_percentile=1.0)
SEA = ("sail", "boat", "wave", "harbour", "fish", "captain")
CITY = ("tram", "street", "cafe", "tower", "market", "bridge")


def titles(rng, subjects):
    words = [rng.permutation(CITY if subject else SEA)[:3] for subject in subjects]
    return tuple(f"The {' '.join(three)} {place}" for place, three in enumerate(words))


def share_found(model, data, tastes):
    """Share of users whose own kind of items leads among those that nobody touched."""
    scores = model.score(asked_of(data, by_name=False))[:, 36:]
    return float((tastes_found(scores) == tastes).mean())


def found_by_titles(seed, *, shuffled):
    items, tastes = two_tastes(3, 200)
    rng, subjects = np.random.default_rng(seed), np.arange(48) % 2
    told = titles(rng, rng.permutation(subjects) if shuffled else subjects)
    data = replace(
        interactions(items, n_items=48), item_features=Features(texts={"DESCRIPTION": told})
    )
    return share_found(SMALL.fit(data, seed=0, progress=silent), data, tastes)


def test_texts_place_items_that_nobody_touched():
    assert found_by_titles(0, shuffled=False) > 0.95


def test_shuffled_texts_place_them_by_chance():
    """One shuffle puts nearly all on one side or the other: only several together are chance."""
    assert np.mean([found_by_titles(seed, shuffled=True) for seed in range(6)]) < 0.8


def test_texts_and_genres_place_items_that_come_after_the_training():
    items, tastes = two_tastes(3, 200)
    kinds = np.arange(48) % 2
    told = titles(np.random.default_rng(4), kinds)
    before = replace(
        interactions(items, n_items=36),
        item_features=Features({"KIND": categories(kinds[:36])}, texts={"TITLE": told[:36]}),
    )
    model = SMALL.fit(before, seed=0, progress=silent)
    for features in (
        Features({"KIND": categories(kinds)}),
        Features(texts={"TITLE": told}),
    ):
        after = replace(interactions(items, n_items=48), item_features=features)
        assert share_found(renewed(model, after), after, tastes) > 0.95


@pytest.mark.parametrize("told", ["the device", "the hour", "chance"])
def test_the_context_of_the_moment_decides_when_that_is_the_pattern(told):
    rng = np.random.default_rng(7)
    devices = rng.integers(0, 2, (200, 12))
    items = rng.integers(0, 6, (200, 12)) + 6 * devices
    rows = devices.ravel()
    contexts = {
        "the device": Features({"DEVICE": categories(rows)}),
        "the hour": Features(numbers={"HOUR": (rows * 12 + rng.integers(0, 6, rows.size))}),
        "chance": Features({"DEVICE": categories(rng.permutation(rows))}),
    }[told]
    data = interactions(items, n_items=12, contexts=contexts)
    model = SMALL.fit(data, seed=0, progress=silent)
    shares = []
    for at, context in enumerate(({"DEVICE": "0", "HOUR": "3"}, {"DEVICE": "1", "HOUR": "15"})):
        asked = [Query(data.history(u * 12, u * 12 + 9), u, context=context) for u in range(50)]
        shares.append((model.score(asked).argmax(axis=1) // 6 == at).mean())
    if told == "chance":
        assert np.mean(shares) < 0.75
        return
    assert min(shares) > 0.95
    nothing = model.score([Query(data.history(0, 9), 0)])[0]
    assert abs(nothing[:6].mean() - nothing[6:].mean()) < 1


def test_rewards_rise_with_the_sensitivity_at_no_more_than_its_price():
    rng = np.random.default_rng(8)
    tastes = rng.integers(0, 2, 150)
    items = rng.integers(0, 20, (150, 12)) * 2 + tastes[:, None]
    margins = rng.permutation(40).astype(np.float32)
    data = replace(
        interactions(items, n_items=40), item_features=Features(numbers={"MARGIN": margins})
    )
    asked = [Query(data.history(user * 12, user * 12 + 12), user) for user in range(150)]
    rewards, relevant = [], []
    for sensitivity in ("OFF", "LOW", "MEDIUM", "HIGH"):
        wish = replace(data, objective=Objective("MARGIN", sensitivity))
        scores = SMALL.fit(wish, seed=0, progress=silent).score(asked)
        best = np.argsort(-scores, axis=1)[:, :5]
        rewards.append(margins[best].mean())
        relevant.append((best % 2 == tastes[:, None]).mean())
    assert np.all(np.diff(rewards) > 0)
    assert rewards[3] > rewards[0] + 5
    # what users like stays: the other kind is less than a twentieth as probable
    assert min(relevant) > 0.95
