import numpy as np
import pytest

from penchant.evaluation.metrics import service_metrics, standard_metrics
from penchant.evaluation.per_user import LABELS, curves, per_user


@pytest.fixture
def case():
    numbers = np.random.default_rng(0)
    ranked = np.array([numbers.permutation(50)[:25] for _ in range(30)])
    relevant = [numbers.choice(50, numbers.integers(1, 9), replace=False) for _ in range(30)]
    return ranked, relevant


def test_means_over_users_are_the_metrics_of_the_service_and_of_the_field(case):
    ranked, relevant = case
    known = service_metrics(ranked, relevant, 50) | standard_metrics(ranked, relevant)

    found = {name: float(values.mean()) for name, values in per_user(ranked, relevant).items()}

    del known["coverage"]
    assert found == pytest.approx(known)
    assert set(found) == set(LABELS)


def test_curves_go_through_the_metrics_at_their_cut_offs(case):
    ranked, relevant = case
    known = per_user(ranked, relevant)

    found = curves(ranked, relevant)

    assert len(found["NDCG"]) == len(found["recall"]) == 25
    for k in (5, 10, 25):
        ndcg = known[f"normalized_discounted_cumulative_gain_at_{k}"].mean()
        assert found["NDCG"][k - 1] == pytest.approx(ndcg)
        assert found["recall"][k - 1] == pytest.approx(known[f"recall_at_{k}"].mean())
