"""The HRNN recipe learns the same from the same, uses all it is given, says what it cannot do."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from penchant.data.queries import History, Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.popularity import PopularityModel
from penchant.recipes.contract import silent
from penchant.recipes.hrnn import Hrnn

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL = Hrnn(hidden_dimension=32, bptt=6, epochs=2, max_user_history_length_percentile=1.0)


def toy(n_users=40, n_items=12, length=15, seed=3):
    rng = np.random.default_rng(seed)
    rows = n_users * length
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), length),
        item_indices=rng.integers(0, n_items - 1, rows).astype(np.int32),
        timestamps=np.cumsum(rng.integers(0, 9000, rows)).astype(np.int64),
        event_types=rng.integers(-1, 2, rows).astype(np.int16),
        event_values=np.where(rng.random(rows) < 0.3, np.nan, rng.random(rows)).astype(np.float32),
        event_type_names=("click", "buy"),
        user_features=Features(categories={"COUNTRY": halves(n_users)}),
        item_features=Features(
            categories={"GENRE": halves(n_items)},
            numbers={"PRICE": np.arange(n_items, dtype=np.float32)},
        ),
    )


def halves(n):
    codes = (np.arange(n) % 2).astype(np.int32)
    return Categories(Vocabulary(["a", "b"]), np.arange(n + 1, dtype=np.int64), codes)


def queries(training_set):
    offsets = training_set.offsets()
    known = [
        Query(training_set.history(int(offsets[u]), int(offsets[u + 1])), u)
        for u in range(training_set.n_users)
    ]
    return [Query(), *known]


def scores(recipe, training_set, seed=1, start=None):
    model = recipe.fit(training_set, seed=seed, progress=silent, start=start)
    return model.score(queries(training_set))


def test_the_same_rows_and_seed_give_the_same_scores_and_another_seed_others():
    data = toy()
    first = scores(SMALL, data)
    assert np.array_equal(first, scores(SMALL, data))
    assert not np.array_equal(first, scores(SMALL, data, seed=2))


def test_training_leaves_torchs_randomness_and_threads_as_they_were():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    threads = torch.get_num_threads()
    scores(SMALL, toy())
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_dimension": 64},
        {"bptt": 3},
        {"recency_mask": False},
        {"min_user_history_length_percentile": 0.5},
        {"max_user_history_length_percentile": 0.5},
        {"max_history": 8},
        {"epochs": 3},
        {"batch_size": 8},
        {"learning_rate": 1e-3},
        {"weight_decay": 0.5},
        {"dropout": 0.1},
        {"blindness": 0.5},
        {"warmth": 0.1},
        {"most_softmax": 5, "n_negatives": 4},
    ],
)
def test_every_hyper_parameter_changes_the_model(change):
    data = toy()
    lengths = np.arange(data.n_rows) % 15 < 1 + data.user_indices % 15
    data = data.subset(lengths)
    assert not np.array_equal(scores(SMALL, data), scores(replace(SMALL, **change), data))


def test_the_number_of_negatives_matters_where_they_are_sampled():
    data, base = toy(), replace(SMALL, most_softmax=5, n_negatives=8)
    assert not np.array_equal(scores(base, data), scores(replace(base, n_negatives=3), data))


def test_the_services_words_are_read():
    recipe = Hrnn.from_parameters(
        {"hidden_dimension": "64", "bptt": "8", "recency_mask": "False"},
        {"max_user_history_length_percentile": "0.9"},
    )
    assert (recipe.hidden_dimension, recipe.bptt, recipe.recency_mask) == (64, 8, False)
    assert recipe.max_user_history_length_percentile == 0.9
    assert Hrnn.from_parameters({}, {}) == Hrnn()
    with pytest.raises(ValueError, match="hidden_dimension='31' is out of range; take 32 to 256"):
        Hrnn.from_parameters({"hidden_dimension": "31"}, {})


@pytest.mark.parametrize("column", ["event_types", "event_values", "timestamps"])
def test_what_an_event_tells_besides_its_item_is_read(column):
    data = toy()
    other = np.zeros_like(getattr(data, column))
    assert not np.array_equal(scores(SMALL, data), scores(SMALL, replace(data, **{column: other})))


@pytest.mark.parametrize("column", ["user_features", "item_features", "contexts"])
def test_metadata_and_contexts_are_read(column):
    data = toy()
    data = replace(data, contexts=Features(categories={"DEVICE": halves(data.n_rows)}))
    assert not np.array_equal(
        scores(SMALL, data), scores(SMALL, replace(data, **{column: Features()}))
    )


@pytest.mark.parametrize(("side", "n_rows"), [("user_features", 40), ("item_features", 12)])
def test_texts_are_read(side, n_rows):
    texts = tuple(f"{'sea boat' if i % 2 else 'city tram'} {i % 4}" for i in range(n_rows))
    data = replace(toy(), user_features=Features(), item_features=Features())
    told = replace(data, **{side: Features(texts={"ABOUT": texts})})
    assert not np.array_equal(scores(SMALL, data), scores(SMALL, told))


def test_batch_and_single_answers_agree():
    data = toy()
    model = SMALL.fit(data, seed=1, progress=silent)
    asked = queries(data)
    alone = np.concatenate([model.score([query]) for query in asked])
    np.testing.assert_allclose(model.score(asked), alone, atol=1e-5)


def test_an_item_nobody_touched_has_a_finite_score_of_its_own():
    data = toy()
    answered = scores(SMALL, data)
    assert 11 not in data.item_indices
    assert np.isfinite(answered).all()
    assert len(np.unique(answered[:, 11])) > 1


def test_training_goes_on_from_a_model():
    data = toy()
    part = data.subset(data.user_indices < 30)
    begun = SMALL.fit(part, seed=1, progress=silent)
    gone_on = replace(SMALL, learning_rate=1e-9).fit(data, seed=1, progress=silent, start=begun)
    fresh = replace(SMALL, learning_rate=1e-9).fit(data, seed=1, progress=silent)
    asked = queries(data)
    np.testing.assert_allclose(gone_on.score(asked), begun.score(asked), atol=1e-3)
    assert np.abs(fresh.score(asked) - begun.score(asked)).max() > 0.1


def test_going_on_from_another_family_catalogue_or_shape_is_refused():
    data = toy()
    begun = SMALL.fit(data, seed=1, progress=silent)
    popularity = PopularityModel(data.items, (), np.zeros(12, np.float32))
    with pytest.raises(ValueError, match="a PopularityModel is no HRNN to go on from"):
        scores(SMALL, data, start=popularity)
    other = replace(data, items=Vocabulary(f"other{i}" for i in range(12)))
    with pytest.raises(ValueError, match="knows another catalogue"):
        scores(SMALL, other, start=begun)
    with pytest.raises(ValueError, match="has bptt=6, not 5"):
        scores(replace(SMALL, bptt=5), data, start=begun)


def test_training_goes_on_reading_metadata_as_the_model_did():
    data = toy()
    begun = SMALL.fit(data, seed=1, progress=silent)
    bare = replace(data, item_features=Features(), user_features=Features())
    gone_on = replace(SMALL, learning_rate=1e-9).fit(bare, seed=1, progress=silent, start=begun)
    assert gone_on.reading is begun.reading
    assert np.isfinite(gone_on.score(queries(bare))).all()


def test_nothing_to_learn_from_is_refused_with_the_way_out():
    data = toy()
    with pytest.raises(ValueError, match="there are no interactions to learn from"):
        scores(SMALL, data.subset(np.zeros(data.n_rows, np.bool_)))
    narrow = replace(
        SMALL,
        min_user_history_length_percentile=0.9,
        max_user_history_length_percentile=0.1,
    )
    uneven = data.subset(np.arange(data.n_rows) % 15 < 1 + data.user_indices % 15)
    with pytest.raises(ValueError, match=r"min_user_history_length_percentile=0\.9 and max_"):
        scores(narrow, uneven)


def test_progress_is_told_and_what_it_raises_ends_the_training():
    told = []
    SMALL.fit(toy(), seed=1, progress=told.append)
    assert told[0].stage == "factors of items"
    assert told[1].epoch == 1
    assert told[1].n_epochs == 2
    assert 0 < told[1].done <= 1
    assert told[1].loss > 0

    def stop(step):
        raise InterruptedError("stopped")

    with pytest.raises(InterruptedError, match="stopped"):
        SMALL.fit(toy(), seed=1, progress=stop)


def test_one_item_and_one_event_are_enough():
    data = toy(n_users=1, n_items=2, length=1)
    data = replace(data, items=Vocabulary(["i0"]), item_features=Features())
    assert scores(SMALL, data).shape == (2, 1)


def test_the_seldom_catalogue_beyond_the_dense_size_learns_alike(monkeypatch):
    data = toy()
    recipe = replace(SMALL, most_softmax=5, n_negatives=6)
    dense = scores(recipe, data)
    monkeypatch.setattr("penchant.recipes.blocks.MOST_DENSE", 5)
    sparse = scores(recipe, data)
    assert np.isfinite(sparse).all()
    assert np.corrcoef(dense.ravel(), sparse.ravel())[0, 1] > 0.5


def test_a_user_seen_first_gets_what_users_begin_with():
    data = toy()
    begins = np.arange(data.n_rows) % 15 == 0
    data = replace(data, item_indices=np.where(begins, 4, data.item_indices).astype(np.int32))
    model = replace(SMALL, epochs=10).fit(data, seed=1, progress=silent)
    assert model.score([Query(History.empty())])[0].argmax() == 4
