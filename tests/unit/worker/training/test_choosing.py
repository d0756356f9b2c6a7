"""Choosing among quick recipes, where one of them is right by construction."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.domain.choices import Wish
from penchant.domain.recipes import BUILT_IN
from penchant.models.popularity import PopularityModel
from penchant.recipes import registry
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity
from penchant.worker.training.choosing import choose
from penchant.worker.training.validating import measured, validation_split

from .test_tuning import groups


def entry(name):
    return BUILT_IN.get(f"arn:aws:personalize:::recipe/{name}")


POPULAR, TRENDING = entry("aws-popularity-count"), entry("aws-trending-now")
MRR = "mean_reciprocal_rank_at_25"


def fashions(n_users=60, n_periods=10):
    """Every two hours three new items come up; everybody takes these or those just before."""
    rng = np.random.default_rng(1)
    data = groups(n_users, 2 * n_periods)
    period = np.tile(np.arange(2 * n_periods) // 2, n_users)
    born = np.maximum(period - rng.integers(0, 2, len(period)), 0)
    within = rng.integers(0, 7_200, len(period))
    order = np.lexsort([within, period, data.user_indices])
    return replace(
        data,
        item_indices=(born * 3 + rng.integers(0, 3, len(period)))[order].astype(np.int32),
        timestamps=(period * 7_200 + within)[order].astype(np.int64),
    )


def test_the_candidate_of_the_highest_metric_is_taken():
    split = validation_split(fashions(), 0, in_time=True)
    chosen = choose(Wish((POPULAR, TRENDING), MRR), split, seed=0, progress=silent)
    of = {row["name"]: row["service"][MRR] for row in chosen.leaderboard if row["seen"] == "kept"}
    assert of[chosen.entry.name] == max(of["aws-popularity-count"], of["aws-trending-now"])
    assert chosen.entry is TRENDING
    assert of["aws-trending-now"] > of["aws-popularity-count"] + 0.1


def test_the_leaderboard_shows_baselines_that_are_not_chosen():
    split = validation_split(groups(), 0)
    chosen = choose(Wish((POPULAR,), MRR), split, seed=0, progress=silent)
    names = list(dict.fromkeys(row["name"] for row in chosen.leaderboard))
    assert names == ["aws-popularity-count", "popularity", "recent popularity", "item-item"]
    of = {row["name"]: row["service"][MRR] for row in chosen.leaderboard if row["seen"] == "kept"}
    assert of["item-item"] > of["aws-popularity-count"]
    assert chosen.entry is POPULAR


def test_of_equals_the_first_candidate_is_taken():
    split = validation_split(groups(), 0)
    twin = replace(POPULAR, name="aws-twin")
    for pair in ((POPULAR, twin), (twin, POPULAR)):
        assert choose(Wish(pair, MRR), split, seed=0, progress=silent).entry is pair[0]


def test_a_candidate_that_cannot_be_learned_with_is_told_and_passed_over(monkeypatch):
    def recipe_of(entry, *parameters):
        if entry is not POPULAR:
            raise ValueError("too cold")
        return registry.recipe_of(entry, *parameters)

    monkeypatch.setattr("penchant.worker.training.choosing.recipe_of", recipe_of)
    split = validation_split(groups(), 0)
    chosen = choose(Wish((TRENDING, POPULAR), MRR), split, seed=0, progress=silent)
    assert chosen.entry is POPULAR
    assert chosen.failed == {"aws-trending-now": "too cold"}
    text = "no candidate of autoMLConfig can be learned with: aws-trending-now: too cold"
    with pytest.raises(ValueError, match=text):
        choose(Wish((TRENDING,), MRR), split, seed=0, progress=silent)


def test_each_candidate_is_told_with_its_share():
    steps = []
    split = validation_split(groups(), 0)
    choose(Wish((TRENDING, POPULAR), MRR), split, seed=0, progress=steps.append)
    assert [one.done for one in steps] == sorted(one.done for one in steps)
    assert all(one.stage.startswith("choosing, recipe ") for one in steps)


def test_validation_users_are_among_those_that_the_final_split_learns_from():
    data = groups(400)
    split = validation_split(data, 0)
    assert len(split.queries) == pytest.approx(0.25 * 360, abs=1)
    assert split.train.n_rows == (360 - len(split.queries)) * 8
    timely = validation_split(fashions(), 0, in_time=True)
    assert timely.train.timestamps.max() < timely.compared.timestamps.min()


def test_a_recipe_for_related_items_is_asked_for_the_newest_item():
    split = validation_split(groups(), 0)
    asked = []

    class Recorder(PopularityModel):
        def score(self, queries):
            asked.extend(query.item_index for query in queries)
            return super().score(queries)

    model = Popularity().fit(split.train, seed=0, progress=silent)
    recorder = Recorder(model.items, model.event_type_names, model.popularity)
    measured(POPULAR, recorder, split, MRR)
    assert set(asked) == {-1}
    asked.clear()
    measured(entry("aws-sims"), recorder, split, MRR)
    assert asked == [int(query.history.items[-1]) for query in split.queries]
