"""Trends that were planted are found, and none where times are shuffled."""

from dataclasses import replace

import numpy as np

from penchant.data.queries import Query
from penchant.evaluation.trends import trend_prediction_accuracy
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity
from penchant.recipes.trending import Trending

from .planted import interactions

HOUR, N_HOURS, N_ITEMS = 3_600, 60, 120
START = 1_700_000_000


def planted():
    """Sixty hours of chance counts: a busy day, a quiet night, and items that come and go.

    Items 0 to 79 are steady, the lower the number the bigger; each of 80 to 119 rises over eight
    hours from nothing to 25 an hour, and falls again, at its own time.
    """
    rng = np.random.default_rng(3)
    hours = np.arange(N_HOURS)
    steady = np.repeat((60 / np.sqrt(np.arange(1, 81)))[:, None], N_HOURS, axis=1)
    peaks = np.linspace(10, N_HOURS + 6, 40)
    waves = 25 * np.clip(1 - np.abs(hours - peaks[:, None]) / 8, 0, None)
    tide = 1 + 0.8 * np.sin(hours * 2 * np.pi / 24)
    counts = rng.poisson(np.concatenate([steady, waves]) * tide)
    items, at = np.nonzero(counts)
    items, at = np.repeat(items, counts[items, at]), np.repeat(at, counts[items, at])
    times = START + at * HOUR + rng.integers(0, HOUR, len(at))
    return training_set(items, times)


def training_set(items, times):
    order = np.argsort(times, kind="stable")
    return interactions(items[order][None], n_items=N_ITEMS, times=times[order])


def shuffled(data):
    times = np.random.default_rng(4).permutation(data.timestamps)
    return training_set(data.item_indices, times)


def trending(data):
    return Trending(HOUR).fit(data, seed=0, progress=silent)


def accuracies(data):
    return trend_prediction_accuracy(
        {
            "trending": trending,
            "popularity": lambda known: Popularity().fit(known, seed=0, progress=silent),
        },
        data,
        HOUR,
    )


def test_planted_waves_are_foretold_and_popularity_does_not():
    found = accuracies(planted())
    assert found["trending"] > 0.35
    assert found["popularity"] < 0.1


def test_in_shuffled_times_nothing_is_foretold():
    assert accuracies(shuffled(planted()))["trending"] < 0.1


def test_what_rises_right_now_leads_the_list_before_bigger_items():
    best = np.argsort(-trending(planted()).score([Query()])[0])[:5]
    assert (best >= 112).sum() >= 4  # the waves with peaks at the end


def test_an_item_that_accelerates_beats_a_bigger_one_that_is_steady():
    hours = np.arange(20)
    steady, rising = np.full(20, 300), np.where(hours >= 17, 4 * (hours - 16), 1)
    items = np.repeat([0, 1], [steady.sum(), rising.sum()])
    at = np.concatenate([np.repeat(hours, steady), np.repeat(hours, rising)])
    data = training_set(items, START + at * HOUR)
    assert trending(data).score([Query()])[0].argmax() == 1
    backwards = replace(data, timestamps=data.timestamps.max() - data.timestamps)
    assert trending(backwards).score([Query()])[0].argmax() != 1
