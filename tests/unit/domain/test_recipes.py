"""The catalogue is consistent in itself."""

import pytest

from penchant.domain.parameters import read
from penchant.domain.recipes import RECIPES

ENTRIES = [pytest.param(entry, id=entry.name) for entry in RECIPES.values()]


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_default_lies_in_its_range(entry):
    assert read(entry.hyper_parameters, {}).keys() == entry.hyper_parameters.keys()
    assert read(entry.feature_parameters, {}).keys() == entry.feature_parameters.keys()


@pytest.mark.parametrize("entry", ENTRIES)
def test_recipe_and_algorithm_share_a_name(entry):
    assert entry.arn == f"arn:aws:personalize:::recipe/{entry.name}"
    assert entry.algorithm_arn == f"arn:aws:personalize:::algorithm/{entry.algorithm_name}"
    assert entry.feature_transformation_arn.startswith(
        "arn:aws:personalize:::feature-transformation/"
    )
