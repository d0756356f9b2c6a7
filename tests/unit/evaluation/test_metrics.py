import math

import numpy as np
import pytest

from penchant.evaluation.metrics import (
    average_precision,
    average_rewards,
    coverage,
    event_weight_metrics,
    hits_in,
    ndcg,
    precision,
    recall,
    reciprocal_rank,
    rounded,
    service_metrics,
    standard_metrics,
)


def lists(n, k=25):
    """Item indices 0..k-1 in order for n queries: the item's index is its rank - 1."""
    return np.tile(np.arange(k), (n, 1))


def relevant_at(*ranks):
    return np.array(ranks) - 1


def test_first_hits_at_ranks_4_2_and_6_give_the_guides_reciprocal_rank():
    metrics = service_metrics(lists(3), [relevant_at(4), relevant_at(2), relevant_at(6, 9)], 25)
    assert rounded(metrics)["mean_reciprocal_rank_at_25"] == 0.3056


def test_hits_at_2_and_5_give_the_guides_ndcg_at_5():
    metrics = service_metrics(lists(1), [relevant_at(2, 5)], 25)
    assert rounded(metrics)["normalized_discounted_cumulative_gain_at_5"] == 0.6241


def test_the_keys_are_the_services_in_its_order():
    assert list(service_metrics(lists(1), [relevant_at(1)], 25)) == [
        "coverage",
        "mean_reciprocal_rank_at_25",
        "normalized_discounted_cumulative_gain_at_5",
        "normalized_discounted_cumulative_gain_at_10",
        "normalized_discounted_cumulative_gain_at_25",
        "precision_at_5",
        "precision_at_10",
        "precision_at_25",
    ]


def test_metrics_equal_a_plain_loop_over_users():
    rng = np.random.default_rng(3)
    ranked = np.array([rng.permutation(60)[:25] for _ in range(40)])
    relevant = [rng.choice(60, rng.integers(1, 40), replace=False) for _ in range(40)]
    metrics = service_metrics(ranked, relevant, 60)
    for k in (5, 10, 25):
        gains, precisions = [], []
        for row, wanted in zip(ranked.tolist(), relevant, strict=True):
            found = [1 / np.log(2 + r) for r, item in enumerate(row[:k]) if item in wanted]
            gains.append(sum(found) / sum(1 / np.log(2 + r) for r in range(min(k, len(wanted)))))
            precisions.append(len(found) / k)
        name = f"normalized_discounted_cumulative_gain_at_{k}"
        assert metrics[name] == pytest.approx(np.mean(gains))
        assert metrics[f"precision_at_{k}"] == pytest.approx(np.mean(precisions))


def test_standard_metrics_equal_a_plain_loop_over_users():
    rng = np.random.default_rng(4)
    ranked = np.array([rng.permutation(60)[:25] for _ in range(40)])
    relevant = [rng.choice(60, rng.integers(1, 12), replace=False) for _ in range(40)]
    metrics = standard_metrics(ranked, relevant)
    rates, recalls, averages = [], [], []
    for row, wanted in zip(ranked.tolist(), relevant, strict=True):
        found = [r for r, item in enumerate(row[:10]) if item in wanted]
        rates.append(bool(found))
        recalls.append(len(found) / len(wanted))
        at_hits = [(i + 1) / (r + 1) for i, r in enumerate(found)]
        averages.append(sum(at_hits) / min(10, len(wanted)))
    assert metrics["hit_rate_at_10"] == pytest.approx(np.mean(rates))
    assert metrics["recall_at_10"] == pytest.approx(np.mean(recalls))
    assert metrics["mean_average_precision_at_10"] == pytest.approx(np.mean(averages))


def test_a_relevant_item_that_stands_twice_counts_once():
    hits, n_relevant = hits_in(lists(1), [np.array([3, 3, 7])])
    assert hits.sum() == 2
    assert n_relevant.tolist() == [2]


def test_the_filler_of_short_lists_is_never_a_hit():
    hits, _ = hits_in(np.array([[2, -1, -1], [0, 1, -1]]), [np.array([5]), np.array([1])])
    assert hits.tolist() == [[False, False, False], [False, True, False]]


def test_a_query_without_relevant_items_scores_zero_everywhere():
    hits, n_relevant = hits_in(lists(2), [np.array([], np.int32), relevant_at(1)])
    assert ndcg(hits, n_relevant, 5).tolist() == [0, 1]
    assert recall(hits, n_relevant, 5).tolist() == [0, 1]
    assert average_precision(hits, n_relevant, 5).tolist() == [0, 1]
    assert reciprocal_rank(hits).tolist() == [0, 1]


def test_lists_shorter_than_the_cutoff_divide_by_the_cutoff():
    hits, n_relevant = hits_in(lists(1, k=3), [relevant_at(1, 2, 3)])
    assert precision(hits, 5).tolist() == [0.6]
    assert ndcg(hits, n_relevant, 5).tolist() == [1.0]


def test_coverage_counts_distinct_items_of_all_lists_over_the_catalogue():
    assert coverage(np.array([[0, 1, -1], [1, 2, -1]]), 12) == 0.25


def test_lists_and_relevant_sets_of_different_length_are_refused():
    with pytest.raises(ValueError, match="2 lists and 1 relevant sets"):
        hits_in(lists(2), [relevant_at(1)])
    with pytest.raises(ValueError, match="at least 1"):
        hits_in(lists(0), [])


def test_weighted_gain_follows_the_definition_written_out():
    ranked = np.array([[7, 3, 9, 5, 1]])
    relevant, gains = [np.array([3, 5, 8])], [np.array([0.5, 1.5, 1.5])]
    metrics = event_weight_metrics(ranked, relevant, gains)
    dcg = 0.5 / math.log2(3) + 1.5 / math.log2(5)
    ideal = 1.5 / math.log2(2) + 1.5 / math.log2(3) + 0.5 / math.log2(4)
    key = "normalized_discounted_cumulative_gain_with_event_weights_at_"
    assert metrics == pytest.approx({f"{key}{k}": dcg / ideal for k in (5, 10, 25)})


def test_equal_weights_give_the_plain_gain():
    rng = np.random.default_rng(0)
    ranked = np.stack([rng.permutation(60)[:25] for _ in range(20)])
    relevant = [np.sort(rng.permutation(60)[: 1 + n]) for n in range(20)]
    weighted = event_weight_metrics(ranked, relevant, [np.full(len(r), 0.3) for r in relevant])
    plain = service_metrics(ranked, relevant, 60)
    for k in (5, 10, 25):
        name = "normalized_discounted_cumulative_gain_"
        assert weighted[f"{name}with_event_weights_at_{k}"] == pytest.approx(plain[f"{name}at_{k}"])


def test_items_that_weigh_nothing_bring_nothing():
    metrics = event_weight_metrics(np.array([[1, 2]]), [np.array([1])], [np.array([0.0])])
    assert set(metrics.values()) == {0.0}


def test_rewards_are_those_found_out_of_those_to_be_found():
    rewards = np.array([5.0, 1.0, np.nan, -2.0, 4.0], np.float32)
    ranked = np.array([[0, 3], [4, 1], [2, 3]])
    relevant = [np.array([0, 4]), np.array([1, 3]), np.array([2, 3])]
    assert average_rewards(ranked, relevant, rewards) == pytest.approx((5 / 9 + 1 / 1) / 2)
    assert average_rewards(ranked[2:], relevant[2:], rewards) == 0.0


def test_no_list_can_hold_more_than_its_length():
    relevant = [np.arange(30)]
    ranked = np.arange(29, 4, -1)[None]
    assert average_rewards(ranked, relevant, np.arange(30, dtype=np.float32)) == pytest.approx(1.0)
