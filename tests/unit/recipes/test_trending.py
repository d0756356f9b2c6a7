import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.contract import silent
from penchant.recipes.trending import Trending

NOW = 1_700_000_000


def training_set(ages_s):
    n = len(ages_s)
    return TrainingSet(
        users=Vocabulary(["u", "v"]),
        items=Vocabulary(["a", "b"]),
        user_indices=np.r_[0, np.ones(n - 1)].astype(np.int32),
        item_indices=np.zeros(n, np.int32),
        timestamps=NOW - np.array(ages_s, np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
    )


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("30 minutes", 1_800), ("1 hour", 3_600), ("2 hours", 7_200), ("3 hours", 10_800),
     ("1 day", 86_400)],
)  # fmt: skip
def test_the_frequency_is_the_length_of_a_window(words, seconds):
    assert Trending.from_parameters({}, {"trend_discovery_frequency": words}).window_s == seconds


def test_the_default_is_two_hours():
    assert Trending.from_parameters({}, {}) == Trending(7_200)


def test_the_rows_of_fourteen_windows_are_kept():
    model = Trending(100).fit(training_set([5_000, 1_400, 1_399, 0]), seed=0, progress=silent)
    assert (NOW - model.recent_timestamps).tolist() == [1_399, 0]
    assert model.recent_users.tolist() == [1, 1]
    assert (model.trained_until, model.popularity.tolist()) == (NOW, [2, 0])
