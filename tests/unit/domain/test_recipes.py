"""The catalogue is consistent in itself."""

from datetime import UTC, datetime

import pytest

from penchant.domain.arns import public
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


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("aws-sims", (2019, 6, 10)),
        ("aws-item-affinity", (2021, 7, 15)),
        ("aws-item-attribute-affinity", (2021, 8, 25)),
        ("aws-next-best-action", (2023, 8, 11)),
        ("aws-personalized-ranking-v2", (2024, 1, 1)),
    ],
)
def test_a_recipe_is_as_old_as_the_service_tells(name, day):
    assert RECIPES[public("recipe", name)].created_at == datetime(*day, tzinfo=UTC)


@pytest.mark.parametrize("name", ["aws-user-personalization-v2", "aws-personalized-ranking-v2"])
def test_the_transformation_of_a_second_version_has_no_parameters_to_be_refused(name):
    entry = RECIPES[public("recipe", name)]
    same = entry.feature_transformation_arn
    sharing = [one for one in RECIPES.values() if one.feature_transformation_arn == same]
    assert sharing == [entry]
    assert not entry.feature_parameters
