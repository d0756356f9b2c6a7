"""A renewed transformer answers for known items as before, for new ones by their metadata."""

import subprocess
import sys
from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.registry import RENEWERS
from penchant.models.transformer_refresh import renewed
from penchant.recipes.contract import silent
from penchant.recipes.transformer import Transformer

pytestmark = pytest.mark.usefixtures("one_thread")

RECIPE = Transformer(dim=32, n_steps=4, max_history=10, epochs=1)
N_ITEMS, LENGTH = 9, 6


def interactions(names, users=20, types=("buy", "click")):
    """Items "0" to "7" are met, whatever their places; kinds alternate by the name of the item."""
    rng = np.random.default_rng(5)
    rows = users * LENGTH
    met = np.array([names.index(str(number)) for number in range(N_ITEMS - 1)], np.int32)
    kinds = np.array([int(name) % 2 for name in names], np.int32)
    categories = Categories(Vocabulary("ab"), np.arange(len(kinds) + 1), kinds)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(users)),
        items=Vocabulary(names),
        user_indices=np.repeat(np.arange(users, dtype=np.int32), LENGTH),
        item_indices=met[rng.integers(0, N_ITEMS - 1, rows)],
        timestamps=np.cumsum(rng.integers(0, 9000, rows)).astype(np.int64),
        event_types=np.array([types.index("buy"), types.index("click")], np.int16)[
            rng.integers(0, 2, rows)
        ],
        event_values=np.full(rows, np.nan, np.float32),
        event_type_names=types,
        user_features=Features(numbers={"AGE": np.arange(users, dtype=np.float32) // 5}),
        item_features=Features(categories={"KIND": categories}),
    )


OLD = [str(number) for number in range(N_ITEMS)]
# new items stand before and after the old ones
NEW = ["10", "11", *OLD, "12"]
KNOWN = [NEW.index(name) for name in OLD]
BEFORE, AFTER = interactions(OLD), interactions(NEW, types=("a new one", "buy", "click"))


@pytest.fixture(scope="module")
def model():
    return RECIPE.fit(BEFORE, seed=1, progress=silent)


def asked(data, **more):
    spans = range(0, 20 * LENGTH, LENGTH)
    return [Query(data.history(at, at + LENGTH), at // LENGTH, **more) for at in spans]


def test_transformers_are_renewed():
    assert RENEWERS["transformer"] is renewed


def test_the_same_data_change_nothing(model):
    again = renewed(model, BEFORE)
    for timestamp in (0, 10**9):
        expected = model.score(asked(BEFORE, timestamp=timestamp))
        actual = again.score(asked(BEFORE, timestamp=timestamp))
        np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_known_items_are_scored_as_before_when_others_stand_before_them(model):
    after = renewed(model, AFTER).score(asked(AFTER))[:, KNOWN]
    before = model.score(asked(BEFORE))
    # trends are shares of the catalogue, which has grown: all items move alike
    np.testing.assert_allclose(after - after[:, :1], before - before[:, :1], atol=1e-4)


def test_new_items_stand_where_their_metadata_places_them(model):
    after = renewed(model, AFTER)
    assert not after.met[[NEW.index(name) for name in ("10", "11", "12", "8")]].any()
    for name in ("10", "12"):
        np.testing.assert_allclose(after.output[NEW.index(name)], model.output[8], atol=1e-6)
    assert not np.allclose(after.output[NEW.index("11")], model.output[8])


def test_what_was_taken_since_is_on_the_rise(model):
    model = following(model)
    since = int(BEFORE.timestamps.max()) + 10
    grown = replace(
        BEFORE,
        item_indices=np.where(BEFORE.user_indices == 19, 3, BEFORE.item_indices).astype(np.int32),
        timestamps=np.where(BEFORE.user_indices == 19, since, BEFORE.timestamps),
    )
    gain = renewed(model, grown).biases[0, -1] - model.biases[0, -1]
    assert gain.argmax() == 3


def following(model):
    """The model with trends that count in full."""
    model = copy(model)
    trends = {f"heads.{question}.trend": np.ones(2, np.float32) for question in (0, 1)}
    model.weights = {**model.weights, **trends}
    return renewed(model, BEFORE)


def test_a_model_that_follows_no_trends_follows_none_afterwards():
    model = replace(RECIPE, apply_recency_bias=False).fit(BEFORE, seed=1, progress=silent)
    assert renewed(model, AFTER).biases.shape == (2, 1, len(NEW))


def test_renewing_needs_no_trainer():
    program = (
        "import sys, penchant.models.transformer_refresh;"
        "assert 'torch' not in sys.modules and 'penchant.recipes' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
