"""Metrics of actions, against definitions worked out by hand or another way."""

import numpy as np
import pytest

from penchant.evaluation.action_metrics import area_under_curve, service_metrics, standard_metrics


def table(*rows):
    return np.array(rows, np.float32)


def flags(*rows):
    return np.array(rows, np.bool_)


EVERYTHING = np.ones((2, 3), np.bool_)


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 6, 40).astype(np.float32)
    right = rng.random(40) < 0.4
    pairs = [
        1.0 if high > low else 0.5 if high == low else 0.0
        for high in scores[right]
        for low in scores[~right]
    ]
    assert area_under_curve(scores, right) == pytest.approx(np.mean(pairs))


def test_the_area_is_a_half_where_there_is_nothing_to_compare():
    assert area_under_curve(table(1, 2), flags(1, 1)) == 0.5


def test_precision_and_recall_are_means_over_actions():
    scores = np.tile(np.arange(7, 0, -1, dtype=np.float32), (4, 1))  # actions 0 to 4 recommended
    taken = np.zeros((4, 7), np.bool_)
    taken[:3, 0] = True
    taken[0, 1] = True
    taken[0, 6] = True
    metrics = service_metrics(scores, taken, np.ones((4, 7), np.bool_))
    assert metrics["precision"] == pytest.approx((3 / 4 + 1 / 4 + 0 + 0 + 0) / 5)
    assert metrics["recall"] == pytest.approx((1 + 1 + 0) / 3)


def test_ndcg_is_the_guide_s_over_moments_at_which_something_was_taken():
    taken = flags((0, 1, 1), (0, 0, 0))
    metrics = service_metrics(table((3, 2, 1), (3, 2, 1)), taken, EVERYTHING)
    gained = 1 / np.log2(3) + 1 / np.log2(4)
    ideal = 1 / np.log2(2) + 1 / np.log2(3)
    assert metrics["normalized_discounted_cumulative_gain_at_5"] == pytest.approx(gained / ideal)


def test_what_does_not_count_is_neither_recommended_nor_missed():
    counted = flags((0, 1, 1), (0, 1, 1))
    metrics = service_metrics(table((9, 2, 1), (9, 1, 2)), flags((1, 1, 0), (1, 0, 1)), counted)
    assert metrics["area_under_curve"] == 1.0
    assert metrics["coverage"] == pytest.approx(2 / 3)
    assert metrics["recall"] == 1.0


def test_nothing_taken_gives_zeros_and_no_warning():
    metrics = service_metrics(table((3, 2, 1), (3, 2, 1)), ~EVERYTHING, EVERYTHING)
    assert metrics["area_under_curve"] == 0.5
    assert metrics["recall"] == metrics["normalized_discounted_cumulative_gain_at_25"] == 0.0


def test_the_calibration_error_is_zero_where_one_in_five_is_told_as_a_fifth():
    scores = np.full((100, 1), 0.2, np.float32)
    taken = (np.arange(100) % 5 == 0)[:, None]
    told = standard_metrics(scores, taken, np.ones((100, 1), np.bool_))
    assert told["calibration_error"] == pytest.approx(0, abs=1e-6)
    assert told["log_loss"] == pytest.approx(-(0.2 * np.log(0.2) + 0.8 * np.log(0.8)), abs=1e-6)
    assert told["brier_score"] == pytest.approx(0.16, abs=1e-6)
    wrong = standard_metrics(scores + np.float32(0.3), taken, np.ones((100, 1), np.bool_))
    assert wrong["calibration_error"] == pytest.approx(0.3, abs=1e-6)


def test_no_moment_counts_no_loss():
    nothing = standard_metrics(table((1, 2)), flags((1, 0)), flags((0, 0)))
    assert set(nothing.values()) == {0.0}
