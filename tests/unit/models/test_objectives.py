"""What an objective adds is bounded by the price that stands beside its sensitivity."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.training_set import Features, Objective, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.objectives import PRICES, raised_by


def items_of(values, sensitivity="LOW", column="MARGIN"):
    n = len(values)
    return TrainingSet(
        users=Vocabulary([]),
        items=Vocabulary(f"i{i}" for i in range(n)),
        user_indices=np.empty(0, np.int32),
        item_indices=np.empty(0, np.int32),
        timestamps=np.empty(0, np.int64),
        event_types=np.empty(0, np.int16),
        event_values=np.empty(0, np.float32),
        item_features=Features(numbers={"MARGIN": np.array(values, np.float32)}),
        objective=Objective(column, sensitivity),
    )


@pytest.mark.parametrize("sensitivity", ["LOW", "MEDIUM", "HIGH"])
def test_the_highest_reward_is_worth_the_price_and_the_lowest_nothing(sensitivity):
    raised = raised_by(items_of([5, -1, 1e9, 3], sensitivity))
    assert np.exp(raised) == pytest.approx(
        PRICES[sensitivity] ** np.array([2 / 3, 0, 1, 1 / 3]), rel=1e-5
    )


def test_a_higher_sensitivity_costs_more():
    raised = [raised_by(items_of([1, 2], name)).max() for name in ("OFF", "LOW", "MEDIUM", "HIGH")]
    assert raised[0] == 0
    assert np.all(np.diff(raised) > 0)


def test_equal_values_are_raised_alike_over_the_whole_range():
    raised = raised_by(items_of([0, 1, 0, 1, 1]))
    np.testing.assert_allclose(raised, np.log(2) * np.array([0, 1, 0, 1, 1]), rtol=1e-6)


def test_an_item_without_a_value_is_raised_by_the_mean():
    raised = raised_by(items_of([1, 2, np.nan]))
    assert raised[2] == pytest.approx(raised[:2].mean())


@pytest.mark.parametrize("values", [[np.nan, np.nan], [7, 7], [7, np.nan]])
def test_without_different_values_nothing_is_raised(values):
    assert not raised_by(items_of(values)).any()


def test_without_an_objective_nothing_is_raised():
    assert not raised_by(replace(items_of([1, 2]), objective=None)).any()


def test_unknown_columns_and_sensitivities_are_refused_by_name():
    with pytest.raises(ValueError, match="'PRICE' is no numeric column of the items; known: MARG"):
        raised_by(items_of([1, 2], column="PRICE"))
    with pytest.raises(ValueError, match="no sensitivity 'EXTREME'; take one of OFF, LOW, MEDIUM"):
        raised_by(items_of([1, 2], "EXTREME"))
