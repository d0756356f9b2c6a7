import pytest

from penchant.domain.recipes import BUILT_IN, RECIPES, Catalogue

FRONT = "arn:aws:personalize:::recipe/"


@pytest.mark.parametrize(
    ("older", "name"),
    [
        ("awspersonalizehrnnmodel", "aws-hrnn"),
        ("awspersonalizesimsmodel", "aws-sims"),
        ("popularity-baseline", "aws-popularity-count"),
        ("awspersonalizedeepfmmodel", "awspersonalizedeepfmmodel"),
        ("awspersonalizeffnnmodel", "awspersonalizeffnnmodel"),
    ],
)
def test_the_names_of_the_preview_are_found(older, name):
    entry = BUILT_IN.find(FRONT + older)
    assert entry is RECIPES[FRONT + name]


def test_a_recipe_that_is_gone_is_told_by_its_arn():
    assert BUILT_IN.find("arn:x") is None
    with pytest.raises(ValueError, match="the recipe arn:x is not installed any more"):
        BUILT_IN.get("arn:x")


def test_no_name_stands_twice():
    sims = RECIPES[f"{FRONT}aws-sims"]
    with pytest.raises(ValueError, match="two recipes have the name 'aws-sims'"):
        Catalogue((sims, sims))
