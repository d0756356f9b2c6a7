"""A renewed HRNN answers for known items as before, for new ones by what is told of them."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features, Objective, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.cold_items import ColdRule
from penchant.models.hrnn import HrnnModel
from penchant.models.hrnn_refresh import renewed, renewed_cold_items
from penchant.recipes.contract import silent
from penchant.recipes.hrnn import Hrnn
from penchant.recipes.hrnn_variants import ColdStartHrnn

pytestmark = pytest.mark.usefixtures("one_thread")

RECIPE = Hrnn(
    hidden_dimension=32, bptt=4, max_history=10, epochs=1, max_user_history_length_percentile=1.0
)
N_ITEMS = 9


def interactions(items, users=20, types=("buy", "click")):
    """The last of `items` is met by nobody; genres alternate by the name of the item."""
    rng = np.random.default_rng(5)
    rows = users * 6
    kinds = np.array([int(name) % 2 for name in items], np.int32)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(users)),
        items=Vocabulary(items),
        user_indices=np.repeat(np.arange(users, dtype=np.int32), 6),
        item_indices=rng.integers(0, N_ITEMS - 1, rows).astype(np.int32),
        timestamps=np.cumsum(rng.integers(0, 9000, rows)).astype(np.int64),
        event_types=rng.integers(-1, 2, rows).astype(np.int16),
        event_values=np.full(rows, np.nan, np.float32),
        event_type_names=types,
        user_features=Features(numbers={"AGE": np.arange(users, dtype=np.float32) // 5}),
        item_features=Features(
            categories={"KIND": Categories(Vocabulary("ab"), np.arange(len(kinds) + 1), kinds)},
            numbers={"MARGIN": np.arange(len(items), dtype=np.float32)},
            texts={"TITLE": tuple("even night" if i % 2 else "odd day" for i in kinds)},
        ),
    )


BEFORE = interactions([str(i) for i in range(N_ITEMS)])
# new items stand before, between and after the old ones
NAMES = ["10", "11", *(str(i) for i in range(N_ITEMS)), "12"]
AFTER = interactions(NAMES, users=30, types=("buy", "click", "view"))
KNOWN = [NAMES.index(str(i)) for i in range(N_ITEMS)]


@pytest.fixture(scope="module")
def model():
    return RECIPE.fit(BEFORE, seed=1, progress=silent)


def asked(data, shift=0):
    """The histories of BEFORE, their items by the catalogue of `data`."""
    histories = [BEFORE.history(user * 6, user * 6 + 6) for user in range(20)]
    items = [data.items.indices([BEFORE.items.ids[i] for i in h.items]) for h in histories]
    queries = zip(histories, items, strict=True)
    return [Query(replace(h, items=i), user) for user, (h, i) in enumerate(queries)]


def test_known_items_are_scored_as_before(model):
    after = renewed(model, AFTER).score(asked(AFTER))
    np.testing.assert_allclose(after[:, KNOWN], model.score(asked(BEFORE)), atol=1e-6)


def test_the_same_data_change_nothing(model):
    again = renewed(model, BEFORE).score(asked(BEFORE))
    np.testing.assert_allclose(again, model.score(asked(BEFORE)), atol=1e-5)


def test_new_items_stand_where_their_metadata_places_them(model):
    after = renewed(model, AFTER)
    unmet = N_ITEMS - 1
    for name in ("10", "12"):
        new = AFTER.items.index(name)
        # of the kind and the text of item 8, which nobody met, but of another margin
        assert np.corrcoef(after.output[new], model.output[unmet])[0, 1] > 0.5
        assert after.bias[new] == model.bias[unmet]
    assert not after.met[[AFTER.items.index(name) for name in ("10", "11", "12")]].any()


def test_an_item_that_training_did_not_meet_follows_its_metadata(model):
    kinds = BEFORE.item_features.categories["KIND"]
    flipped = replace(kinds, codes=1 - kinds.codes)
    features = replace(BEFORE.item_features, categories={"KIND": flipped})
    after = renewed(model, replace(BEFORE, item_features=features))
    assert np.array_equal(after.output[:-1], model.output[:-1])
    assert not np.allclose(after.output[-1], model.output[-1])


def test_new_users_are_known_by_their_metadata(model):
    after = renewed(model, AFTER)
    history = asked(AFTER)[0].history
    young, old, nobody = (after.score([Query(history, user)]) for user in (1, 29, -1))
    assert not np.allclose(young, old)
    assert not np.allclose(old, nobody)


def test_event_types_keep_their_meaning_when_others_come_before_them(model):
    types = ("a new one", "buy", "click")
    after = renewed(model, replace(BEFORE, event_type_names=types))
    query = asked(BEFORE)[3]
    moved = replace(query.history, event_types=np.where(query.history.event_types >= 0, 1, -1))
    plain = replace(query.history, event_types=np.where(query.history.event_types >= 0, 0, -1))
    none = replace(query.history, event_types=np.full(6, -1, np.int16))
    unknown = replace(query.history, event_types=np.full(6, 0, np.int16))
    for new, old in ((moved, plain), (unknown, none)):
        np.testing.assert_allclose(after.score([Query(new)]), model.score([Query(old)]), atol=1e-6)
    assert after.event_type_names == types


def test_the_objective_is_that_of_the_new_catalogue(model):
    after = renewed(model, replace(AFTER, objective=Objective("MARGIN", "HIGH")))
    assert after.raised.argmax() == len(NAMES) - 1
    assert not renewed(model, AFTER).raised.any()


def test_training_may_go_on_from_a_renewed_model(model):
    after = renewed(model, AFTER)
    gone_on = RECIPE.fit(AFTER, seed=1, progress=silent, start=after)
    assert np.isfinite(gone_on.score(asked(AFTER))).all()


def test_a_model_may_be_renewed_twice_and_saved(model, tmp_path):
    twice = renewed(renewed(model, AFTER), AFTER)
    once = renewed(model, AFTER).score(asked(AFTER))
    assert np.array_equal(twice.score(asked(AFTER)), once)
    twice.save(tmp_path)
    loaded = HrnnModel.load(
        tmp_path, json.loads(json.dumps(twice.description)), twice.items, twice.event_type_names
    )
    assert np.array_equal(loaded.score(asked(AFTER)), once)
    assert np.array_equal(renewed(loaded, AFTER).score(asked(AFTER)), once)


def test_cold_items_are_found_anew():
    recipe = ColdStartHrnn(RECIPE, ColdRule(most_interactions=1))
    before = recipe.fit(BEFORE, seed=1, progress=silent)
    after = renewed_cold_items(before, AFTER)
    cold = [NAMES[place] for place in np.flatnonzero(after.cold)]
    assert np.flatnonzero(before.cold).tolist() == [N_ITEMS - 1]
    assert set(cold) >= {"12"}


def test_renewing_loads_no_trainer():
    script = (
        "import sys, penchant.models.hrnn_refresh\n"
        "assert not {'torch', 'onnx', 'scipy'} & set(sys.modules), 'a trainer was loaded'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
