"""The older recipes are the same network with less, or with other words."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import RECIPES
from penchant.models.cold_items import ColdItemsModel, ColdRule
from penchant.recipes.contract import silent
from penchant.recipes.hrnn import Hrnn
from penchant.recipes.hrnn_variants import ColdStartHrnn, MetadataHrnn, PlainHrnn

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL = Hrnn(hidden_dimension=32, bptt=6, epochs=1, max_user_history_length_percentile=1.0)


def toy(n_users=20, n_items=12, length=6):
    """The last two items are met by nobody."""
    rng = np.random.default_rng(3)
    rows = n_users * length
    genres = Categories(
        Vocabulary("ab"), np.arange(n_items + 1), np.arange(n_items, dtype=np.int32) % 2
    )
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), length),
        item_indices=rng.integers(0, n_items - 2, rows).astype(np.int32),
        timestamps=np.arange(rows, dtype=np.int64) * 3600,
        event_types=np.full(rows, -1, np.int16),
        event_values=np.full(rows, np.nan, np.float32),
        item_features=Features(categories={"GENRE": genres}),
    )


def scores(recipe, data):
    return recipe.fit(data, seed=1, progress=silent).score([Query(data.history(0, 6), 0)])


def test_the_plain_one_reads_no_metadata_and_the_other_does():
    data = toy()
    bare = replace(data, item_features=Features())
    plain, learned = PlainHrnn(SMALL), MetadataHrnn(SMALL)
    assert np.array_equal(scores(plain, data), scores(plain, bare))
    assert not np.array_equal(scores(learned, data), scores(learned, bare))
    assert np.array_equal(scores(learned, data), scores(SMALL, data))


def test_defaults_are_the_catalogues():
    assert PlainHrnn.from_parameters({}, {}) == PlainHrnn()
    assert MetadataHrnn.from_parameters({}, {}) == MetadataHrnn()
    assert ColdStartHrnn.from_parameters({}, {}) == ColdStartHrnn()
    assert PlainHrnn().learner.hidden_dimension == 43
    assert ColdStartHrnn().learner.hidden_dimension == 149


def test_the_words_of_the_cold_start_are_read():
    recipe = ColdStartHrnn.from_parameters(
        {"bptt": "8"},
        {
            "cold_start_max_interactions": "3",
            "cold_start_max_duration": "2.5",
            "cold_start_relative_from": "currentTime",
        },
    )
    assert recipe.rule == ColdRule(3, 2.5, from_now=True)
    assert recipe.learner.bptt == 8
    with pytest.raises(ValueError, match="cold_start_max_interactions='0' is out of range; take 1"):
        ColdStartHrnn.from_parameters({}, {"cold_start_max_interactions": "0"})


def test_only_cold_items_are_recommended_and_training_goes_on_from_a_model_of_them():
    data = toy()
    recipe = ColdStartHrnn(SMALL, ColdRule(most_interactions=1))
    model = recipe.fit(data, seed=1, progress=silent)
    assert isinstance(model, ColdItemsModel)
    assert model.cold.tolist() == [False] * 10 + [True] * 2
    again = recipe.fit(data, seed=1, progress=silent, start=model)
    assert set(np.argsort(-again.score([Query()])[0])[:2].tolist()) == {10, 11}


def test_a_catalogue_without_cold_items_is_refused_before_anything_is_learned():
    data = replace(toy(), item_created_at=np.zeros(12, np.int64))
    recipe = ColdStartHrnn(SMALL, ColdRule(most_days=1.0))
    with pytest.raises(ValueError, match="none of 12 items is cold"):
        recipe.fit(data, seed=1, progress=silent)


def test_the_older_recipes_do_not_explore():
    older = [entry for entry in RECIPES.values() if entry.name.startswith("aws-hrnn")]
    assert len(older) == 3
    assert not any(entry.explores or entry.takes_objective for entry in older)
