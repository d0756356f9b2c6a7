"""Few rows are passed over more often and with more dropout than many."""

import pytest

from penchant.recipes.pace import Pace, enough_dropout, enough_epochs


@pytest.mark.parametrize(
    ("epoch_steps", "epochs"), [(1, 20), (10, 20), (20, 10), (50, 4), (2_000, 4), (8_000, 2)]
)
def test_epochs_are_more_for_few_steps_and_fewer_for_many(epoch_steps, epochs):
    assert enough_epochs(epoch_steps, usual=4) == epochs


def test_dropout_falls_with_the_rows_between_its_bounds():
    shares = [enough_dropout(10**k, steepness=0.15, most=0.5) for k in range(1, 10)]
    assert shares == sorted(shares, reverse=True)
    assert (shares[0], shares[-1]) == (0.5, 0.1)
    assert shares[5] == pytest.approx(0.2)


def test_what_goes_on_takes_a_third_of_the_epochs_and_of_the_rate():
    gone_on = Pace(epochs=4, epoch_steps=7, learning_rate=0.3).gone_on
    assert gone_on == Pace(2, 7, pytest.approx(0.1))
    assert gone_on.n_steps == 14
