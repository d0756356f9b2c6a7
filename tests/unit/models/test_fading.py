import numpy as np

from penchant.models.fading import FadingMeans, weights_by_age


def test_weights_fade_by_age_and_end_where_they_are_too_small():
    weights = weights_by_age((0.5, 1.0), 30)
    assert weights.shape == (2, 30)
    assert weights[0, :3].tolist() == [1, 0.5, 0.25]
    assert weights[0, 20:].tolist() == [0] * 10
    assert (weights[1] == 1).all()


def test_a_mean_is_the_sum_over_the_root_of_its_weights_the_newest_last():
    vectors = np.array([[4.0, 0.0], [0.0, 2.0]], np.float32)
    means = np.empty((2, 2), np.float32)
    FadingMeans(weights_by_age((0.5, 1.0), 5)).write(vectors, means)
    expected = [[2 / 1.5**0.5, 2 / 1.5**0.5], [4 / 2**0.5, 2 / 2**0.5]]
    np.testing.assert_allclose(means, expected, rtol=1e-6)
