"""A trained transformer answers from its folder alone, and as its training saw histories."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from penchant.data.queries import Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.contract import MomentModel
from penchant.models.marks import Marks
from penchant.models.transformer import TransformerModel
from penchant.models.transformer_shape import LATER, NOW, Moment, gap_codes
from penchant.recipes.contract import silent
from penchant.recipes.transformer import Transformer
from penchant.recipes.transformer_learner import Learner
from penchant.recipes.transformer_losses import Asked

pytestmark = pytest.mark.usefixtures("one_thread")

N_ITEMS, LENGTH, N_USERS = 9, 9, 20
RECIPE = Transformer(dim=32, n_steps=12, max_history=16, epochs=1)
HOUR_S, DAY_S = 3600, 86_400


def toy(length=LENGTH):
    rng = np.random.default_rng(5)
    rows = N_USERS * length
    devices = rng.integers(0, 2, rows).astype(np.int32)
    contexts = Categories(Vocabulary("ab"), np.arange(rows + 1), devices)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(N_USERS)),
        items=Vocabulary(f"i{i}" for i in range(N_ITEMS)),
        user_indices=np.repeat(np.arange(N_USERS, dtype=np.int32), length),
        item_indices=rng.integers(0, N_ITEMS, rows).astype(np.int32),
        timestamps=np.cumsum(rng.integers(0, 9000, rows)).astype(np.int64),
        event_types=rng.integers(-1, 2, rows).astype(np.int16),
        event_values=rng.random(rows).astype(np.float32),
        event_type_names=("click", "buy"),
        user_features=Features(
            numbers={"AGE": np.arange(N_USERS, dtype=np.float32) // 5},
            texts={"ABOUT": ("likes tea", "likes coffee") * (N_USERS // 2)},
        ),
        contexts=Features(categories={"DEVICE": contexts}),
    )


def learner_of(data, seed=1):
    """One whose network has weights at random, so that every part of it tells."""
    marks = Marks.learned_from(len(data.event_type_names), data.event_values)
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    learner = Learner(RECIPE, RECIPE.shape(marks), data, rng, None)
    with torch.no_grad():
        for parameter in learner._network.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape))
        learner._network.gaps.weight[0] = 0  # the row of no gap is never learned
    learner._network.eval()
    return learner


@pytest.fixture(scope="module")
def data():
    return toy()


@pytest.fixture(scope="module")
def learner(data):
    return learner_of(data)


@pytest.fixture(scope="module")
def model(learner):
    return learner.model()


def device_of(data, row):
    return {"DEVICE": data.contexts.categories["DEVICE"].text(row)}


def windows_of(learner, data):
    """All histories but their last rows, each one window."""
    offsets = data.offsets()
    return learner._sampler.windows(np.arange(N_USERS), offsets[:-1], offsets[1:])


def known_of(learner, windows):
    rows = learner._batches.rows(windows)
    items = learner._network.items(torch.as_tensor(rows))
    return items, learner._network(items, learner._batches.tensors(windows, rows))


def queries_before(data, rows, timestamps):
    """What was known before the rows, asked at the timestamps."""
    users = data.user_indices[rows]
    begins = data.offsets()[users]
    return [
        Query(data.history(begin, row), user, timestamp=at, context=device_of(data, row))
        for begin, row, user, at in zip(begins, rows, users.tolist(), timestamps, strict=True)
    ]


def test_next_items_are_scored_as_in_training(learner, model, data):
    windows = windows_of(learner, data)
    wanted = windows.targets >= 0
    returns = learner._returns.find(windows)
    asked = Asked(
        rows=windows.rows[wanted],
        at=learner._moments(windows)[wanted],
        steps=returns.steps,
        events=returns.events,
        candidates=np.arange(N_ITEMS),
    )
    with torch.no_grad():
        items, known = known_of(learner, windows)
        at = known.at(torch.as_tensor(np.flatnonzero(wanted)))
        gaps = torch.zeros(len(asked.rows), dtype=torch.int64)
        vectors = learner._network.vectors(NOW, at, torch.as_tensor(asked.rows), gaps)
        products = vectors @ items.T
        scores = learner._offsets.add_to(products.clone(), asked, learner._network.head(NOW))
        targets = data.item_indices[asked.rows].astype(np.int64)
        latest = np.where(returns.is_return, returns.latest, -1)
        own = products[torch.arange(len(targets)), torch.as_tensor(targets)]
        hits = learner._offsets.add_to_targets(own, asked, latest, learner._network.head(NOW))
    begins = np.isin(asked.rows, data.offsets())
    queries = queries_before(data, asked.rows, np.where(begins, asked.at, 0).tolist())
    answered = model.score(queries)
    np.testing.assert_allclose(answered, scores, atol=1e-4)
    np.testing.assert_allclose(hits, scores[torch.arange(len(targets)), targets], atol=1e-4)


def test_what_follows_a_pause_is_scored_as_in_training(learner, model, data):
    windows = windows_of(learner, data)
    wanted = windows.targets >= 0
    pauses = learner._pauses.find(windows, np.random.default_rng(0))
    returns = learner._returns.find(windows)
    now = Asked(
        rows=windows.rows[wanted],
        at=learner._moments(windows)[wanted],
        steps=returns.steps,
        events=returns.events,
        candidates=np.arange(N_ITEMS),
    )
    asked = pauses.asked(now, np.arange(N_ITEMS))
    with torch.no_grad():
        items, known = known_of(learner, windows)
        vectors = learner._network.vectors(
            LATER,
            known.at(torch.as_tensor(pauses.steps)),
            torch.as_tensor(asked.rows),
            torch.as_tensor(gap_codes(pauses.gaps_s)),
        )
        head = learner._network.head(LATER)
        scores = learner._offsets.add_to(vectors @ items.T, asked, head)
    queries = queries_before(data, asked.rows, asked.at.tolist())
    assert {Moment.of(query).question for query in queries} == {LATER}
    np.testing.assert_allclose(model.score(queries), scores, atol=1e-4)


def test_long_histories_enter_as_means_beyond_the_steps():
    data = toy(length=16)
    learner = learner_of(data)
    stops = data.offsets()[1:]
    windows = learner._sampler.windows(np.arange(N_USERS), stops - 12, stops)
    with torch.no_grad():
        _, known = known_of(learner, windows)
        last = known.at(torch.as_tensor(np.arange(N_USERS) + 11 * N_USERS))
        gaps = torch.zeros(N_USERS, dtype=torch.int64)
        vectors = learner._network.vectors(NOW, last, torch.as_tensor(stops - 1), gaps)
    queries = queries_before(data, stops - 1, [0] * N_USERS)
    np.testing.assert_allclose(learner.model().user_vectors(queries), vectors, atol=1e-4)


def test_a_loaded_model_scores_as_the_saved_one(model, data, tmp_path):
    model.save(tmp_path)
    description = json.loads(json.dumps(model.description))
    loaded = TransformerModel.load(tmp_path, description, model.items, model.event_type_names)
    asked = queries_before(data, np.arange(1, 40), [10**7] * 39)
    assert np.array_equal(loaded.score(asked), model.score(asked))
    assert loaded.shape == model.shape
    again = RECIPE.fit(data, seed=2, progress=silent, start=loaded)
    assert np.isfinite(again.score(asked)).all()


def test_a_model_is_loaded_and_asked_without_torch(model, tmp_path):
    model.save(tmp_path)
    program = f"""
import sys
from pathlib import Path
from penchant.data.queries import Query
from penchant.data.vocabulary import Vocabulary
from penchant.models.transformer import TransformerModel
items = Vocabulary({list(model.items.ids)!r})
loaded = TransformerModel.load(Path({str(tmp_path)!r}), {model.description!r}, items, ("a", "b"))
assert loaded.score([Query()]).shape == (1, {N_ITEMS})
assert "torch" not in sys.modules and "penchant.recipes" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_vectors_hold_for_moments_of_one_power_of_two(model, data):
    assert isinstance(model, MomentModel)
    (query,) = queries_before(data, np.array([7]), [0])
    end = int(query.history.timestamps[-1])
    soon, within, day, longer = (
        Query(query.history, timestamp=end + gap) for gap in (1, HOUR_S, DAY_S, DAY_S + HOUR_S)
    )
    assert model.moment(soon) == model.moment(within) != model.moment(day) == model.moment(longer)
    vectors = model.user_vectors([soon, within, day, longer])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    np.testing.assert_allclose(vectors[2], vectors[3], atol=1e-6)
    assert not np.allclose(vectors[1], vectors[2])


def test_the_context_of_the_moment_reaches_the_vector(model):
    first, second, unknown, none = model.user_vectors(
        [Query(context=context) for context in ({"DEVICE": "a"}, {"DEVICE": "b"}, {"X": "a"}, {})]
    )
    assert not np.allclose(first, second)
    np.testing.assert_allclose(unknown, none, atol=1e-6)
