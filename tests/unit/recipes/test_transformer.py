from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes import blocks, event_weights, transformer_learner
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity
from penchant.recipes.transformer import Transformer

RECIPE = Transformer(dim=32, n_steps=4, max_history=10, epochs=1)


def toy(n_items=9, types=("click",)):
    rng = np.random.default_rng(5)
    rows = 20 * 8
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(20)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(20, dtype=np.int32), 8),
        item_indices=rng.integers(0, n_items, rows).astype(np.int32),
        timestamps=np.cumsum(rng.integers(0, 9000, rows)).astype(np.int64),
        event_types=np.zeros(rows, np.int16),
        event_values=np.full(rows, np.nan, np.float32),
        event_type_names=types,
    )


@pytest.fixture(scope="module")
def model():
    return RECIPE.fit(toy(), seed=0, progress=silent)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("False", False)])
def test_the_services_hyper_parameter_is_read(text, value):
    recipe = Transformer.from_parameters({"apply_recency_bias": text}, {})
    assert recipe == Transformer(apply_recency_bias=value)


def test_training_goes_on_with_fewer_steps(model):
    steps = []
    RECIPE.fit(toy(), seed=0, progress=steps.append, start=model)
    assert steps[-1].n_epochs == 1


@pytest.mark.parametrize(("goes_on", "n_alike"), [(False, 2), (True, 0)])
def test_weights_count_in_the_second_half_of_a_training(model, monkeypatch, goes_on, n_alike):
    asked = []

    def weights_of_epochs(training_set, **options):
        asked.append(options["n_alike"])
        return event_weights.weights_of_epochs(training_set, **options)

    monkeypatch.setattr(transformer_learner, "weights_of_epochs", weights_of_epochs)
    start = model if goes_on else None
    replace(RECIPE, epochs=5).fit(toy(), seed=0, progress=silent, start=start)
    assert asked == [n_alike]


def test_rows_that_weigh_nothing_leave_a_model_that_answers():
    weights = np.where(np.arange(160) < 8, 20, 0).astype(np.float32)
    recipe = replace(RECIPE, batch_size=1)
    model = recipe.fit(replace(toy(), weights=weights), seed=0, progress=silent)
    assert np.isfinite(model.score([Query()])).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dim": 64}, "to go on from has dim=32, not 64: train without it"),
        ({"n_blocks": 1}, "n_blocks=2.*, not .*n_blocks=1"),
        ({"apply_recency_bias": False}, "decays=.*: train without it"),
    ],
)
def test_a_model_of_another_shape_is_refused(model, change, message):
    with pytest.raises(ValueError, match=message):
        replace(RECIPE, **change).fit(toy(), seed=0, progress=silent, start=model)


@pytest.mark.parametrize("data", [toy(n_items=10), toy(types=("buy",))])
def test_a_model_of_another_catalogue_is_refused(model, data):
    with pytest.raises(ValueError, match="knows another catalogue: train without it"):
        RECIPE.fit(data, seed=0, progress=silent, start=model)


def test_a_model_of_another_family_is_refused():
    other = Popularity().fit(toy(), seed=0, progress=silent)
    with pytest.raises(ValueError, match="PopularityModel is no transformer to go on from"):
        RECIPE.fit(toy(), seed=0, progress=silent, start=other)


def test_a_large_catalogue_is_learned_from_a_part_of_it_at_every_step(monkeypatch):
    """The bounds lowered, so that sparse gradients and drawn candidates are what runs."""
    monkeypatch.setattr(blocks, "MOST_DENSE", 10)
    monkeypatch.setattr(transformer_learner, "_MOST_LATER", 10)
    rng = np.random.default_rng(0)
    chains = (rng.integers(0, 30, (60, 1)) + 7 * np.arange(16)) % 30
    data = replace(
        toy(n_items=30),
        users=Vocabulary(f"u{i}" for i in range(60)),
        user_indices=np.repeat(np.arange(60, dtype=np.int32), 16),
        item_indices=chains.ravel().astype(np.int32),
        timestamps=np.cumsum(rng.integers(0, 9000, 960)).astype(np.int64),
        event_types=np.zeros(960, np.int16),
        event_values=np.full(960, np.nan, np.float32),
    )
    recipe = replace(RECIPE, n_steps=8, epochs=15, most_softmax=10, n_negatives=15, batch_size=8)
    model = recipe.fit(data, seed=0, progress=silent)
    asked = [Query(data.history(u * 16, u * 16 + at)) for u in range(60) for at in (5, 10)]
    assert (model.score(asked).argmax(axis=1) == chains[:, [5, 10]].ravel()).mean() > 0.9
