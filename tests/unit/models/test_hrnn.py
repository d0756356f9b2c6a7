"""A trained HRNN answers from its folder alone, and as its training saw histories."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from penchant.data.queries import History, Query
from penchant.data.training_set import Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.contract import VectorModel
from penchant.models.hrnn import HrnnModel
from penchant.recipes.contract import silent
from penchant.recipes.hrnn import Hrnn
from penchant.recipes.hrnn_learner import Learner

pytestmark = pytest.mark.usefixtures("one_thread")

N_ITEMS = 9
RECIPE = Hrnn(hidden_dimension=32, bptt=4, max_history=10, epochs=1, learning_rate=0.02)


def toy(length=13):
    rng = np.random.default_rng(5)
    rows = 20 * length
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(20)),
        items=Vocabulary(f"i{i}" for i in range(N_ITEMS)),
        user_indices=np.repeat(np.arange(20, dtype=np.int32), length),
        item_indices=rng.integers(0, N_ITEMS, rows).astype(np.int32),
        timestamps=np.cumsum(rng.integers(0, 9000, rows)).astype(np.int64),
        event_types=rng.integers(-1, 2, rows).astype(np.int16),
        event_values=rng.random(rows).astype(np.float32),
        event_type_names=("click", "buy"),
        user_features=Features(
            numbers={"AGE": np.arange(20, dtype=np.float32) // 5},
            texts={"ABOUT": tuple(f"{'night' if i % 3 else 'day'} owl" for i in range(20))},
        ),
        contexts=Features(numbers={"HOUR": rng.integers(0, 24, rows).astype(np.float32)}),
    )


def history(n, seed=0):
    rng = np.random.default_rng(seed)
    return History(
        rng.integers(0, N_ITEMS, n).astype(np.int32),
        np.sort(rng.integers(0, 10**6, n)),
        rng.integers(-1, 2, n).astype(np.int16),
        np.full(n, np.nan, np.float32),
    )


@pytest.fixture(scope="module")
def model():
    return RECIPE.fit(toy(), seed=1, progress=silent)


def test_a_loaded_model_scores_as_the_saved_one(model, tmp_path):
    model.save(tmp_path)
    description = json.loads(json.dumps(model.description))
    loaded = HrnnModel.load(tmp_path, description, model.items, model.event_type_names)
    asked = [Query(history(n), n % 20) for n in range(15)]
    assert np.array_equal(loaded.score(asked), model.score(asked))
    assert loaded.shape == model.shape
    again = RECIPE.fit(toy(), seed=2, progress=silent, start=loaded)
    assert np.isfinite(again.score(asked)).all()


def test_scores_are_products_of_vectors_and_one_bonus_for_every_item_of_the_history(model):
    asked = [Query(history(n)) for n in (0, 1, 7, 15)]
    vectors = model.user_vectors(asked)
    assert vectors.shape == (4, 32)
    expected = np.einsum("qd,id->qi", vectors, model.output) + model.bias + model.raised
    assert model.bonus != 0
    for row, query in enumerate(asked):
        for item in set(query.history.items[-10:].tolist()):
            expected[row, item] += model.bonus
    np.testing.assert_allclose(model.score(asked), expected, atol=1e-5)


def test_known_vectors_are_scored_as_the_questions_are(model):
    assert isinstance(model, VectorModel)
    asked = [Query(history(n), timestamp=n) for n in (0, 5, 12)]
    known = model.user_vectors([replace(query, timestamp=0) for query in asked])
    assert np.array_equal(model.score_vectors(known, asked), model.score(asked))


def test_a_known_context_changes_the_answer_and_an_unknown_one_does_not(model):
    plain = model.score([Query(history(3))])
    early, late = (model.score([Query(history(3), context={"HOUR": h})]) for h in ("1", "22"))
    assert not np.allclose(early, late)
    assert not np.allclose(early, plain)
    for context in ({"HOUR": "noon"}, {"WEATHER": "rain"}, {}):
        assert np.array_equal(model.score([Query(history(3), context=context)]), plain)


def test_no_question_has_no_answer(model):
    assert model.score([]).shape == (0, N_ITEMS)


@pytest.mark.parametrize("n", [0, 1, 3, 4, 5, 10, 11, 40])
def test_histories_of_any_length_have_finite_scores(model, n):
    answered = model.score([Query(history(n))])
    assert answered.dtype == np.float32
    assert np.isfinite(answered).all()


def test_only_the_newest_events_of_a_long_history_are_read(model):
    long = history(30)
    assert np.array_equal(model.score([Query(long)]), model.score([Query(long.newest(10))]))


def test_events_older_than_the_recurrent_steps_still_count(model):
    events = history(9)
    other = replace(events, items=events.items.copy())
    other.items[0] = (other.items[0] + 1) % N_ITEMS
    assert not np.allclose(model.score([Query(events)]), model.score([Query(other)]))


def test_a_known_user_is_answered_with_the_metadata_and_an_unknown_one_without(model):
    events = history(3)
    known, other = (model.score([Query(events, user)]) for user in (0, 19))
    unknown = model.score([Query(events)])
    assert not np.allclose(known, other)
    assert not np.allclose(known, unknown)
    assert np.array_equal(model.score([Query(events, 999)]), unknown)


@pytest.mark.parametrize("length", [1, 3, 4, 5, 6, 9, 13])
def test_answers_equal_what_the_network_computed_in_training(length):
    data = toy(length)
    shape = RECIPE._shape(data)
    everybody = np.ones(20, np.bool_)
    learner = Learner(RECIPE, shape, data, everybody, np.random.default_rng(0), None)
    learner.learn(silent)
    model = learner.model()
    stops = data.offsets()[1:]
    begins = np.maximum(stops - length, stops - RECIPE.bptt)
    windows = learner._sampler.windows(np.arange(20), begins, stops)
    lesson = learner._reader.lesson(windows, np.arange(N_ITEMS))
    with torch.no_grad():
        items = learner._network.items(torch.arange(N_ITEMS))
        last = learner._network(items, lesson.windows, torch.arange(20))[-20:]
    # the input at the last target is the event before it
    hours = data.contexts.numbers["HOUR"]
    asked = [
        Query(data.history(s - length, s - 1), u, context={"HOUR": str(hours[s - 1])})
        for u, s in enumerate(stops.tolist())
    ]
    np.testing.assert_allclose(model.user_vectors(asked), last.numpy(), atol=1e-4)


def test_answering_loads_no_trainer(model, tmp_path):
    model.save(tmp_path)
    (tmp_path / "description.json").write_text(json.dumps(model.description))
    script = (
        "import json, sys, pathlib\n"
        "from penchant.data.queries import Query\n"
        "from penchant.data.vocabulary import Vocabulary\n"
        "from penchant.models.hrnn import HrnnModel\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "description = json.loads((folder / 'description.json').read_text())\n"
        f"items = Vocabulary(f'i{{i}}' for i in range({N_ITEMS}))\n"
        "model = HrnnModel.load(folder, description, items, ('click', 'buy'))\n"
        "assert model.score([Query()]).shape == (1, len(items))\n"
        "assert not {'torch', 'onnx'} & set(sys.modules), 'a trainer was loaded'\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
