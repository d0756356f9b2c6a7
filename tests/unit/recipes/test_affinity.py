import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.item_attributes import ItemAttributes
from penchant.recipes.affinity_weights import USUAL_WEIGHTS
from penchant.recipes.contract import silent
from penchant.recipes.item_affinity import ItemAffinity, ItemAttributeAffinity, single_items


def training_set(rows, n_users=3, n_items=4):
    users, items, times = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=users.astype(np.int32),
        item_indices=items.astype(np.int32),
        timestamps=times.astype(np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
    )


ROWS = [(0, 1, 1), (0, 0, 2), (0, 1, 3), (0, 2, 4), (1, 0, 1), (1, 3, 2)]


def fitted(rows, **arguments):
    return ItemAffinity().fit(training_set(rows), seed=0, progress=silent, **arguments)


def test_the_users_of_an_item_are_kept_with_their_times_and_what_came_since():
    model = fitted(ROWS)
    assert model.offsets.tolist() == [0, 2, 3, 4, 5]
    assert model.had_users.tolist() == [0, 1, 0, 0, 1]
    assert model.had_counts.tolist() == [1, 1, 2, 1, 1]
    assert model.had_since.tolist() == [2, 1, 1, 0, 0]
    assert model.items_had.tolist() == [3, 2, 0]
    assert model.item_shares == pytest.approx([2 / 3, 1 / 3, 1 / 3, 1 / 3])


def test_closeness_is_the_shrunken_autoencoder():
    rng = np.random.default_rng(0)
    had = rng.random((30, 8)) < 0.4
    had[:, 0] = True
    rows = [(u, i, t) for u in range(30) for t, i in enumerate(np.flatnonzero(had[u]))]
    model = ItemAffinity().fit(training_set(rows, 30, 8), seed=0, progress=silent)
    lengths = np.sqrt(had.sum(axis=0) + 10)
    table = had / np.sqrt(had.sum(axis=1, keepdims=True)) / lengths
    values, vectors = np.linalg.svd(table)[1:]
    kept = values**2 / (values**2 + 3 * (values**2).mean())
    expected = (had / lengths) @ vectors.T @ np.diag(kept) @ vectors * lengths
    assert model.user_factors @ model.item_factors.T == pytest.approx(expected, abs=1e-4)


def test_weights_are_taken_over_from_the_model_to_start_from():
    first = fitted(ROWS)
    assert (fitted(ROWS, start=first).weights == first.weights).all()


def test_without_rows_to_compare_the_usual_weights_are_taken():
    assert (fitted([(0, 1, 1), (1, 0, 2), (2, 2, 3)]).weights == USUAL_WEIGHTS).all()


def test_one_time_for_all_is_refused():
    with pytest.raises(ValueError, match="all 2 interactions have the TIMESTAMP 7, so none is"):
        fitted([(0, 1, 7), (1, 1, 7)])


def test_items_without_attributes_are_refused():
    words = "^Did not find any attribute to train on: .* needs an Items dataset with a categorical"
    with pytest.raises(ValueError, match=words):
        ItemAttributeAffinity().fit(training_set(ROWS), seed=0, progress=silent)


def test_every_item_is_a_group():
    assert [group.tolist() for group in single_items(training_set(ROWS))] == [[0], [1], [2], [3]]
    assert not ItemAttributes.of(training_set(ROWS).item_features)
