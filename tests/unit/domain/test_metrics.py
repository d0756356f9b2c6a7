from penchant.domain import metrics


def test_names_are_those_of_get_solution_metrics():
    assert metrics.OF_ITEMS == (
        "mean_reciprocal_rank_at_25",
        "normalized_discounted_cumulative_gain_at_5",
        "normalized_discounted_cumulative_gain_at_10",
        "normalized_discounted_cumulative_gain_at_25",
        "precision_at_5",
        "precision_at_10",
        "precision_at_25",
        "coverage",
    )
    assert metrics.MAIN in metrics.OF_ITEMS
