import itertools
import math

import numpy as np
import pytest

from penchant.evaluation.significance import (
    bootstrap_intervals,
    holm,
    randomisation_p_values,
)


def test_an_interval_holds_the_true_mean_in_about_95_of_100_samples():
    numbers = np.random.default_rng(0)
    samples = numbers.exponential(1.0, size=(60, 400))  # skewed, true mean 1, 400 samples

    intervals = bootstrap_intervals(samples, seed=1, n_resamples=1000)

    inside = np.mean([one.low <= 1.0 <= one.high for one in intervals])
    assert 0.91 <= inside <= 0.98


def test_an_interval_of_a_skewed_sample_reaches_further_on_the_skewed_side():
    sample = np.random.default_rng(2).exponential(1.0, size=(50, 1))

    (interval,) = bootstrap_intervals(sample, seed=0)

    assert interval.mean == pytest.approx(sample.mean())
    assert interval.high - interval.mean > interval.mean - interval.low > 0


def test_an_interval_of_many_alike_is_that_of_the_normal_distribution():
    sample = np.random.default_rng(3).normal(5.0, 2.0, size=(2000, 1))

    (interval,) = bootstrap_intervals(sample, seed=0, n_resamples=4000)

    half = 1.96 * sample.std() / np.sqrt(2000)
    assert interval.low == pytest.approx(sample.mean() - half, abs=0.01)
    assert interval.high == pytest.approx(sample.mean() + half, abs=0.01)


def test_a_constant_has_an_interval_of_no_width():
    (interval,) = bootstrap_intervals(np.full((7, 1), 0.25), seed=0)

    assert (interval.mean, interval.low, interval.high) == (0.25, 0.25, 0.25)


def test_the_seed_alone_decides_the_interval():
    sample = np.random.default_rng(4).random((30, 2))

    assert bootstrap_intervals(sample, seed=5) == bootstrap_intervals(sample, seed=5)
    assert bootstrap_intervals(sample, seed=5) != bootstrap_intervals(sample, seed=6)


def test_few_users_are_tested_exactly_over_all_sign_patterns():
    differences = np.array([0.3, -0.1, 0.25, 0.4, 0.05, 0.2])
    sums = [abs(np.dot(s, differences)) for s in itertools.product((-1, 1), repeat=6)]
    expected = np.mean(np.array(sums) >= abs(differences.sum()) - 1e-9)

    (p,) = randomisation_p_values(differences[:, None], seed=0)

    assert p == pytest.approx(expected)


def test_five_users_who_all_gain_have_a_p_value_of_2_in_32_and_users_without_change_do_not_count():
    differences = np.array([[0.1], [0.2], [0.1], [0.3], [0.2], [0.0], [0.0]])

    assert randomisation_p_values(differences, seed=0)[0] == pytest.approx(2 / 32)


def test_many_users_are_tested_with_random_patterns_that_agree_with_the_normal_distribution():
    numbers = np.random.default_rng(1)
    differences = numbers.normal(0.1, 1.0, size=(500, 1))
    z = differences.sum() / np.sqrt((differences**2).sum())
    two_sided = 2 * (1 - 0.5 * (1 + math.erf(z / np.sqrt(2)))) if z > 0 else 1.0

    (p,) = randomisation_p_values(differences, seed=0)

    assert p == pytest.approx(two_sided, abs=0.01)


def test_differences_without_effect_give_small_p_values_no_more_often_than_they_should():
    differences = np.random.default_rng(7).normal(size=(40, 400))

    p_values = randomisation_p_values(differences, seed=0, n_resamples=500)

    assert np.mean(p_values < 0.05) < 0.08


def test_no_difference_at_all_has_a_p_value_of_1():
    assert randomisation_p_values(np.zeros((9, 1)), seed=0).tolist() == [1.0]


def test_a_p_value_is_never_0():
    p = randomisation_p_values(np.ones((400, 1)), seed=0, n_resamples=100)

    assert p[0] == pytest.approx(1 / 101)


def test_holm_multiplies_the_smallest_by_all_and_keeps_the_order():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@pytest.mark.parametrize("values", [np.empty((0, 2)), np.zeros(3)])
def test_values_of_the_wrong_shape_are_refused(values):
    with pytest.raises(ValueError, match=r"need \(users, columns\), users > 0"):
        bootstrap_intervals(values, seed=0)


def test_a_value_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="a value is not finite"):
        randomisation_p_values(np.array([[np.nan]]), seed=0)
