"""Hyper-parameters are read by the catalogue and refused by name, value and range."""

import pytest

from penchant.domain.parameters import entry_of, read

HRNN = entry_of("aws-user-personalization")


def test_what_is_not_given_has_the_catalogues_default():
    values = read(HRNN.hyper_parameters, {"bptt": "7"})
    assert values == {"hidden_dimension": 149, "bptt": 7, "recency_mask": True}


def test_percentiles_are_read_as_numbers():
    values = read(HRNN.feature_parameters, {"max_user_history_length_percentile": "0.5"})
    assert values["max_user_history_length_percentile"] == 0.5
    assert values["min_user_history_length_percentile"] == 0.0


@pytest.mark.parametrize("text", ["False", "false"])
def test_booleans_are_words(text):
    assert read(HRNN.hyper_parameters, {"recency_mask": text})["recency_mask"] is False


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("bptt", "33", "bptt='33' is out of range; take 2 to 32"),
        ("bptt", "2.5", "bptt='2.5' is not a whole number; take 2 to 32"),
        ("hidden_dimension", "nan", "hidden_dimension='nan' is not a whole number"),
        ("hidden_dimension", "1_00", "hidden_dimension='1_00' is not a whole number"),
        ("hidden_dimension", "\u0664\u0663", "is not a whole number; take 32 to 256"),
        ("recency_mask", "1", "recency_mask='1' is not one of True, False"),
        ("depth", "3", "there is no hyper-parameter 'depth' here; known: hidden_dimension, bptt"),
    ],
)
def test_what_the_recipe_cannot_take_is_refused_by_name(name, text, message):
    with pytest.raises(ValueError) as refused:
        read(HRNN.hyper_parameters, {name: text})
    assert message in str(refused.value)


def test_a_percentile_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="is out of range; take 0 to 1"):
        read(HRNN.feature_parameters, {"min_user_history_length_percentile": "nan"})
    with pytest.raises(ValueError, match="'half' is not a number; take 0 to 1"):
        read(HRNN.feature_parameters, {"min_user_history_length_percentile": "half"})
