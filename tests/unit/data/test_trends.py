import numpy as np
import pytest

from penchant.data.trends import EARLIER_WINDOWS, WINDOWS, expected, growth, window_counts

HOUR = 3_600
NOW = 1_700_000_000


def counts_of(*rows, now=NOW):
    """Window counts of (item, hours before now) pairs among four items."""
    items = np.array([item for item, _ in rows], np.int32)
    times = np.array([NOW - int(hours * HOUR) for _, hours in rows], np.int64)
    return window_counts(items, times, now=now, window_s=HOUR, n_items=4)


def counts_from(newest, earlier):
    """Twelve earlier windows that sum to `earlier`, and one more."""
    counts = np.zeros((WINDOWS, len(newest)), np.int64)
    counts[0], counts[1 + EARLIER_WINDOWS // 2] = newest, earlier
    return counts


def test_windows_end_now_and_include_it():
    counts = counts_of((0, 0), (0, 0.99), (1, 1), (2, 13.9), (3, 14), (3, -0.1))
    assert counts[0].tolist() == [2, 0, 0, 0]
    assert counts[1].tolist() == [0, 1, 0, 0]
    assert counts[13].tolist() == [0, 0, 1, 0]
    assert counts.sum() == 4


def test_expected_are_the_earlier_shares_of_the_newest_total():
    earlier, newest = np.array([30, 69, 0]), np.array([10, 8, 1])
    assert expected(newest, earlier) == pytest.approx([30 * 20 / 100, 69 * 20 / 100, 0])


def test_growth_is_the_formula():
    newest, earlier = np.array([10, 8, 1, 0]), np.array([30, 69, 0, 0])
    usual = earlier * 20 / 100
    by_hand = [(n - e) / (n + e + 1) ** 0.5 for n, e in zip(newest, usual, strict=True)]
    assert growth(counts_from(newest, earlier)) == pytest.approx(by_hand)


def test_a_tide_that_lifts_all_items_alike_is_no_growth():
    earlier = np.array([1_200, 600, 120, 12])
    assert np.abs(growth(counts_from(earlier, earlier))).max() < 0.02


def test_an_item_that_accelerates_beats_a_bigger_one_that_is_steady():
    grown = growth(counts_from(np.array([520, 20, 3, 0]), np.array([12 * 500, 24, 36, 12])))
    assert grown.argmax() == 1
    assert grown[2] < 1


def test_few_interactions_count_for_less_than_many_that_grow_alike():
    grown = growth(counts_from(np.array([2, 20, 978, 0]), np.array([12, 120, 11_868, 0])))
    assert 0 < grown[0] < grown[1]


def test_without_interactions_in_the_newest_window_the_one_before_counts():
    quiet = counts_of((0, 1.5), (0, 1.6), (1, 5))
    assert growth(quiet).argmax() == 0
    assert growth(quiet)[0] > 0


def test_without_interactions_in_both_nothing_grows():
    assert (growth(counts_of((0, 2.5), (1, 5))) <= 0).all()
    assert (growth(counts_of()) == 0).all()
