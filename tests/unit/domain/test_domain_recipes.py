"""The ten use cases are what the service's guide says of them."""

import pytest

from penchant.domain.recipes import BUILT_IN, DOMAIN_RECIPES, RECIPES

FRONT = "arn:aws:personalize:::recipe/aws-"
BOTH, ITEM, USER = ("itemId", "userId"), ("itemId",), ("userId",)
SHOP, VIDEO = "ECOMMERCE", "VIDEO_ON_DEMAND"
PERSONAL, POPULAR, RELATED = "USER_PERSONALIZATION", "POPULAR_ITEMS", "RELATED_ITEMS"
GUIDE = {
    "ecomm-popular-items-by-views": (SHOP, POPULAR, "View", USER, ""),
    "ecomm-popular-items-by-purchases": (SHOP, POPULAR, "Purchase", USER, ""),
    "ecomm-frequently-bought-together": (SHOP, RELATED, "Purchase", ITEM, ""),
    "ecomm-customers-who-viewed-x-also-viewed": (SHOP, RELATED, "View", BOTH, "Purchase"),
    "ecomm-recommended-for-you": (SHOP, PERSONAL, "", USER, "Purchase"),
    "vod-because-you-watched-x": (VIDEO, RELATED, "Watch", BOTH, "Watch"),
    "vod-more-like-x": (VIDEO, RELATED, "", BOTH, "Watch"),
    "vod-most-popular": (VIDEO, POPULAR, "Watch", USER, ""),
    "vod-trending-now": (VIDEO, POPULAR, "", (), ""),
    "vod-top-picks": (VIDEO, PERSONAL, "", USER, "Watch"),
}


@pytest.mark.parametrize("name", GUIDE)
def test_a_use_case_is_as_the_guide_has_it(name):
    entry = BUILT_IN.get(FRONT + name)
    case = entry.use_case
    told = (case.domain, entry.recipe_type, case.learns_from, case.asks_for, case.leaves_out)
    assert told == GUIDE[name]
    assert entry.requires_user == ("userId" in case.asks_for)
    assert case.needs_items == (name == "vod-more-like-x")


def test_there_are_no_others_and_none_tells_scores():
    assert set(DOMAIN_RECIPES) == {FRONT + name for name in GUIDE}
    assert not any(entry.scores for entry in DOMAIN_RECIPES.values())


def test_only_the_personal_ones_explore_and_are_renewed():
    personal = {f"{FRONT}ecomm-recommended-for-you", f"{FRONT}vod-top-picks"}
    assert {arn for arn, one in DOMAIN_RECIPES.items() if one.explores} == personal
    assert {arn for arn, one in DOMAIN_RECIPES.items() if one.refreshes} == personal


def test_each_is_learned_by_a_family_of_its_type():
    known = {(entry.family, entry.recipe_type) for entry in RECIPES.values()}
    assert {(one.family, one.recipe_type) for one in DOMAIN_RECIPES.values()} <= known
