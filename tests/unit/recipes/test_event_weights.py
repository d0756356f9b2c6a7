from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.event_weights import weights_of_epochs
from penchant.recipes.sampling import row_weights

WEIGHTS = np.array([2.5, 0.5, 0.0, 1.0], np.float32)


def rows(weights=None):
    return TrainingSet(
        Vocabulary(["u"]),
        Vocabulary(["a", "b"]),
        np.zeros(4, np.int32),
        np.array([0, 1, 0, 1], np.int32),
        np.arange(4, dtype=np.int64),
        np.full(4, -1, np.int16),
        np.full(4, np.nan, np.float32),
        weights=weights,
    )


def epochs(training_set, n, *, recency=False, n_alike=0):
    return list(islice(weights_of_epochs(training_set, recency=recency, n_alike=n_alike), n))


@pytest.mark.parametrize("recency", [True, False])
def test_without_weights_every_epoch_is_that_of_the_age(recency):
    expected = row_weights(rows(), recency=recency)
    for found in epochs(rows(), 3, recency=recency, n_alike=2):
        np.testing.assert_array_equal(found, expected)


def test_rows_count_alike_first_and_by_their_weights_then():
    found = epochs(rows(WEIGHTS), 4, n_alike=2)
    alike, weighed = [1, 1, 1e-6, 1], [2.5, 0.5, 1e-6, 1]
    np.testing.assert_allclose(found, [alike, alike, weighed, weighed])


def test_weights_multiply_what_the_age_says():
    by_age = row_weights(rows(), recency=True)
    (found,) = epochs(rows(WEIGHTS), 1, recency=True)
    np.testing.assert_allclose(found, np.maximum(by_age * WEIGHTS, 1e-6))


def test_equal_weights_are_as_good_as_none():
    equal = replace(rows(), weights=np.ones(4, np.float32))
    for found, plain in zip(epochs(equal, 3, n_alike=1), epochs(rows(), 3), strict=True):
        np.testing.assert_array_equal(found, plain)
        assert found.dtype == np.float32
