"""What answers in numpy is what learned in torch: FFNN and DeepFM."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from penchant.data.queries import History, Query
from penchant.data.training_set import Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.deepfm import DeepFmModel
from penchant.models.ffnn import FfnnModel
from penchant.recipes.contract import silent
from penchant.recipes.deepfm import DeepFm
from penchant.recipes.ffnn import Ffnn
from penchant.recipes.pooled_contract import DeepNetwork, Plan
from penchant.recipes.sampling import WindowSampler
from penchant.recipes.window_tensors import WindowReader

pytestmark = pytest.mark.usefixtures("one_thread")

N_ITEMS = 9
PLAN = Plan(n_steps=4, epochs=2, learning_rate=0.02)
FAMILIES = {
    "ffnn": (Ffnn(plan=PLAN, embedding_dimension=16, history_length=60), FfnnModel),
    "deepfm": (DeepFm(plan=PLAN, embedding_dimension=16, history_length=60), DeepFmModel),
}


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(5)
    n_rows = 20 * 13
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(20)),
        items=Vocabulary(f"i{i}" for i in range(N_ITEMS)),
        user_indices=np.repeat(np.arange(20, dtype=np.int32), 13),
        item_indices=rng.integers(0, N_ITEMS, n_rows).astype(np.int32),
        timestamps=np.cumsum(rng.integers(0, 9000, n_rows)).astype(np.int64),
        event_types=rng.integers(-1, 2, n_rows).astype(np.int16),
        event_values=rng.random(n_rows).astype(np.float32),
        event_type_names=("click", "buy"),
        user_features=Features(numbers={"AGE": np.arange(20, dtype=np.float32) // 5}),
        item_features=Features(numbers={"PRICE": np.arange(N_ITEMS, dtype=np.float32) // 2}),
        contexts=Features(numbers={"HOUR": rng.integers(0, 24, n_rows).astype(np.float32)}),
    )


@pytest.fixture(scope="module", params=FAMILIES)
def learned(request, rows):
    """The network as it learned, and the model that answers."""
    recipe, _ = FAMILIES[request.param]
    networks, build = [], type(recipe).network

    def watched(self, ground):
        networks.append(build(self, ground))
        return networks[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(recipe), "network", watched)
        model = recipe.fit(rows, seed=0, progress=silent)
    return networks[0], model


def as_learned(network, model, rows, users, at):
    """The network's scores of all items for the row `at` of each user."""
    offsets = rows.offsets()[:-1][users]
    sampler = WindowSampler(rows, np.ones(rows.n_users, np.bool_), length=4, max_older=56)
    begins = np.maximum(offsets, offsets + at - 3)
    windows = sampler.windows(users, begins, offsets + at + 1)
    reader = WindowReader(rows, model.pooling.marks(2), torch.device("cpu"))
    lesson = reader.lesson(windows, np.arange(N_ITEMS))
    with torch.no_grad():
        vectors = network.table(torch.arange(N_ITEMS))
        ages = torch.zeros(len(lesson.targets))
        state = network.read(vectors, lesson.windows, torch.as_tensor(users), ages)
        scores = network.scores(state, vectors) + network.table.bias
        if isinstance(network, DeepNetwork):
            scores += network.deep_scores(state, vectors)
    return scores[-len(users) :].numpy()  # steps stand one after the other, the newest last


@pytest.mark.parametrize("at", [0, 1, 5, 12])
def test_answers_are_what_training_scored(learned, rows, at):
    network, model = learned
    users = np.arange(20)
    offsets = rows.offsets()
    asked = [
        Query(
            rows.history(int(offsets[u]), int(offsets[u]) + at),
            int(u),
            context={"HOUR": str(rows.contexts.numbers["HOUR"][offsets[u] + at])},
        )
        for u in users
    ]
    scores = model.score(asked)
    for row, query in zip(scores, asked, strict=True):
        row[query.history.items] -= model.arrays.bonus
    expected = as_learned(network, model, rows, users, at)
    assert scores == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_the_moment_counts_and_an_unknown_one_does_not(learned):
    model = learned[1]
    plain, noon, unknown, odd = (
        model.score([Query(context=context)])[0]
        for context in ({}, {"HOUR": "12"}, {"COLOUR": "red"}, {"HOUR": "late"})
    )
    assert (plain != noon).any()
    assert (plain == unknown).all()
    assert (plain == odd).all()


def test_an_item_of_the_history_is_raised_once(learned):
    model = learned[1]
    history = History(
        np.array([2, 2], np.int32),
        np.array([5, 6]),
        np.full(2, -1, np.int16),
        np.full(2, np.nan, np.float32),
    )
    assert model.arrays.bonus != 0
    before = model.score([Query(history)])[0]
    arrays = replace(
        model.arrays,
        weights={**model.arrays.weights, "table.again": model.arrays.weights["table.again"] + 1},
    )
    raised = type(model)(model.items, model.event_type_names, model.pooling, arrays)
    gain = raised.score([Query(history)])[0] - before
    assert gain == pytest.approx(np.eye(N_ITEMS)[2], abs=1e-5)


def test_beyond_the_best_items_the_deep_part_is_left_out(rows):
    recipe, _ = FAMILIES["deepfm"]
    model = recipe.fit(rows, seed=0, progress=silent)
    few = DeepFmModel(model.items, model.event_type_names, model.pooling, model.arrays, most_deep=4)
    asked = [Query(user_index=3)]
    whole, part = model.score(asked)[0], few.score(asked)[0]
    best = np.argsort(-part)[:4]
    assert part[best] == pytest.approx(whole[best], abs=1e-5)
    assert part[np.argsort(-part)[4:]].max() <= part[best].min()


def test_a_model_of_other_settings_is_not_gone_on_from(rows):
    recipe, _ = FAMILIES["ffnn"]
    model = recipe.fit(rows, seed=0, progress=silent)
    for changed, text in [
        (replace(recipe, history_length=30), "has history_length=60, not 30: train without it"),
        (replace(recipe, recency_mask=False), "has recency_mask=True: train without it"),
        (replace(recipe, embedding_dimension=32), "has another .*: train without it"),
        (FAMILIES["deepfm"][0], "a FfnnModel is no DeepFM to go on from: train without it"),
    ]:
        with pytest.raises(ValueError, match=text):
            changed.fit(rows, seed=0, progress=silent, start=model)
    other = replace(rows, items=Vocabulary(f"j{i}" for i in range(N_ITEMS)))
    with pytest.raises(ValueError, match="knows another catalogue: train without it"):
        recipe.fit(other, seed=0, progress=silent, start=model)


def test_users_of_no_wanted_length_are_told(rows):
    recipe = Ffnn(min_user_history_length_percentile=0.5, max_user_history_length_percentile=0.5)
    two = rows.subset(np.isin(np.arange(rows.n_rows), [0, 13, 14]))
    with pytest.raises(ValueError, match=r"no user's history is as long as .*=0.5 ask for: widen"):
        recipe.fit(two, seed=0, progress=silent)


def test_answering_loads_no_trainer():
    code = (
        "import sys, penchant.models.ffnn, penchant.models.deepfm; "
        "sys.exit('torch' in sys.modules or 'penchant.recipes' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
