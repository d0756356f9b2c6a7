import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.vocabulary import Vocabulary
from penchant.models.trending import TrendingModel, trend_scores

NOW, HOUR = 1_700_000_000, 3_600


def model(rows):
    """Four items known to 9, 5, 3 and 0 users; `rows` are (item, hours before the end)."""
    items, hours = zip(*rows, strict=True)
    return TrendingModel(
        items=Vocabulary("abcd"),
        event_type_names=(),
        window_s=HOUR,
        trained_until=NOW,
        popularity=np.array([9, 5, 3, 0], np.float32),
        recent_users=np.zeros(len(rows), np.int32),
        recent_items=np.array(items, np.int32),
        recent_timestamps=NOW - (np.array(hours) * HOUR).astype(np.int64),
    )


def test_what_grows_comes_first_then_what_is_popular():
    scores = model([(2, 0), (2, 0.5), (0, 0.2), (0, 1.2), (0, 2.2), (0, 3)]).score([Query()])[0]
    assert np.argsort(-scores).tolist() == [2, 0, 1, 3]
    assert scores[2] > 0 > scores[0]


def test_items_that_do_not_grow_stand_between_minus_1_and_0():
    scores = trend_scores(np.array([-1, 0, 0], np.float32), np.array([4, 2, 0], np.float32))
    assert scores == pytest.approx([-0.2, -0.6, -1])


def test_everybody_has_the_same_list():
    scores = model([(0, 0)]).score([Query(user_index=0), Query(item_index=2)])
    assert (scores[0] == scores[1]).all()
