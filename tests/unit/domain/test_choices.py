import pytest

from penchant.domain.choices import read_wish
from penchant.domain.metrics import OF_ITEMS
from penchant.domain.recipes import BUILT_IN, RecipeType


def arn(name):
    return f"arn:aws:personalize:::recipe/{name}"


def names(config):
    return [one.name for one in read_wish(config, BUILT_IN).candidates]


def test_left_alone_it_chooses_among_the_recipes_for_users():
    wish = read_wish({}, BUILT_IN)
    assert wish.metric == "normalized_discounted_cumulative_gain_at_10"
    assert not wish.in_time
    assert {"aws-user-personalization", "aws-popularity-count"} <= set(names({}))
    allowed = {RecipeType.USER_PERSONALIZATION, RecipeType.POPULAR_ITEMS}
    assert {one.recipe_type for one in wish.candidates} <= allowed
    assert names({"recipeList": []}) == names({})


def test_a_list_of_recipes_is_taken_as_it_is_each_once():
    listed = [arn("aws-popularity-count"), arn("aws-hrnn"), arn("aws-hrnn")]
    assert names({"recipeList": listed}) == ["aws-popularity-count", "aws-hrnn"]


@pytest.mark.parametrize("metric", OF_ITEMS)
def test_every_metric_can_be_judged_by_in_two_ways(metric):
    assert read_wish({"metricName": metric}, BUILT_IN).metric == metric
    timely = read_wish({"metricName": f"temporal:{metric}"}, BUILT_IN)
    assert (timely.metric, timely.in_time) == (metric, True)


def test_an_unknown_metric_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match="'accuracy' is none of mean_reciprocal_rank_at_25, norm"):
        read_wish({"metricName": "accuracy"}, BUILT_IN)


@pytest.mark.parametrize("name", ["aws-magic", "aws-sims", "aws-personalized-ranking"])
def test_a_recipe_for_something_else_is_refused(name):
    with pytest.raises(ValueError, match=f"recipe/{name}', which is no recipe that recommends"):
        read_wish({"recipeList": [arn(name)]}, BUILT_IN)
