import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.trends import FADES, Trends, slices_of


def interactions(items, timestamps, n_items=4):
    n = len(items)
    return TrainingSet(
        users=Vocabulary(["u"]),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.zeros(n, np.int32),
        item_indices=np.array(items, np.int32),
        timestamps=np.array(timestamps, np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
    )


def test_nothing_is_known_before_the_first_edge_and_all_rows_from_the_newest_on():
    trends = Trends.learned_from(interactions([0, 0, 0, 1], [10, 20, 30, 40]))
    assert slices_of(trends.edges, 0) == 0
    assert (trends.logs[0] == 0).all()
    newest = trends.logs[int(slices_of(trends.edges, 40))]
    assert (newest[1] > newest[2]).all()
    assert (newest[0] > newest[2]).all()
    before = trends.logs[int(slices_of(trends.edges, 39))]
    assert (before[1] == before[2]).all()


def test_what_was_taken_of_late_outweighs_what_was_taken_long_ago():
    items = [0] * 500 + [1] * 500
    trends = Trends.learned_from(interactions(items, np.arange(1000)))
    old, new = trends.logs[-1, 0], trends.logs[-1, 1]
    assert (new > old + 3).all()
    assert new[FADES.index(min(FADES))] - old[0] > new[FADES.index(max(FADES))] - old[1]


def test_an_average_item_stands_at_zero():
    trends = Trends.learned_from(interactions([0, 1, 2, 3] * 100, np.arange(400)))
    np.testing.assert_allclose(trends.logs[-1], 0, atol=0.2)


def test_rows_of_one_moment_make_one_slice():
    trends = Trends.learned_from(interactions([0, 1], [5, 5]))
    assert trends.edges.tolist() == [5]
    assert trends.logs.shape == (2, 4, len(FADES))


def test_a_large_catalogue_has_fewer_slices():
    data = interactions(range(200), np.arange(200), n_items=100_000)
    assert len(Trends.learned_from(data).edges) == 40


def test_without_trends_every_moment_is_alike():
    trends = Trends.unknown(3)
    assert slices_of(trends.edges, np.array([-5, 10**10])).tolist() == [0, 0]
    assert (trends.logs == 0).all()
