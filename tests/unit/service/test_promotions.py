"""Promotions: a share of the places for items of the shop's choice."""

import pytest

from penchant.domain.errors import InvalidInputException
from penchant.service.promotions import read_promotion

from .shop import ids

ODD = 'INCLUDE ItemID WHERE Items.GENRES IN ("odd")'


def promotion(market, expression=ODD, percent=20, **members):
    arn = market.filter(expression, "promoted")
    return {"name": "sale", "percentPromotedItems": percent, "filterArn": arn} | members


def promoted(items):
    return [one["itemId"] for one in items if "promotionName" in one]


@pytest.mark.parametrize(
    ("recipe", "asked"),
    [
        ("aws-user-personalization", {"user_id": "ann"}),
        ("aws-popularity-count", {"user_id": "ann"}),
        ("aws-sims", {"item_id": "4"}),
    ],
)
def test_a_share_of_the_places_is_promoted(market, recipe, asked):
    arn = market.campaign(recipe)
    wanted = promotion(market, "INCLUDE ItemID WHERE Items.PRICE > 20", 40)
    found = market.recommend(arn, num_results=10, promotions=[wanted], **asked)["itemList"]
    assert len(found) == 10
    assert len(promoted(found)) == 4
    assert all(int(name) > 20 for name in promoted(found))
    assert {one.get("promotionName") for one in found} == {"sale", None}


def test_promoted_items_keep_their_order_and_so_do_the_others(market):
    arn = market.campaign("aws-popularity-count")
    wanted = promotion(market, "INCLUDE ItemID WHERE Items.PRICE > 20", 40)
    found = market.recommend(arn, user_id="ann", num_results=10, promotions=[wanted])["itemList"]
    assert promoted(found) == ["21", "22", "23", "24"]
    others = [one["itemId"] for one in found if "promotionName" not in one]
    assert others == ["0", "1", "2", "3", "4", "5"]


def test_the_filter_of_the_request_holds_for_the_others_alone(market):
    arn = market.campaign("aws-popularity-count")
    even = market.filter('INCLUDE ItemID WHERE Items.GENRES IN ("even")', "even")
    found = market.recommend(
        arn, user_id="ann", num_results=10, filter_arn=even, promotions=[promotion(market)]
    )["itemList"]
    assert promoted(found) == ["1", "3"]
    assert [one for one in ids(found) if int(one) % 2] == ["1", "3"]


def test_too_few_are_as_many_as_there_are(market):
    arn = market.campaign("aws-popularity-count")
    wanted = promotion(market, "INCLUDE ItemID WHERE Items.PRICE > 28", 50)
    found = market.recommend(arn, user_id="ann", num_results=10, promotions=[wanted])["itemList"]
    assert (len(found), promoted(found)) == (10, ["29"])


def test_version_two_tells_why(market):
    arn = market.campaign("aws-user-personalization-v2")
    found = market.recommend(arn, user_id="ann", num_results=10, promotions=[promotion(market)])[
        "itemList"
    ]
    told = [one for one in found if "promotionName" in one]
    assert [one["reason"] for one in told] == [["Promoted item"]] * 2
    assert all("score" in one for one in told)


def test_a_promotion_takes_values(market):
    arn = market.campaign("aws-popularity-count")
    wanted = promotion(
        market, "INCLUDE ItemID WHERE Items.YEAR = $Y", 10, filterValues={"Y": "2025"}
    )
    found = market.recommend(arn, user_id="ann", num_results=10, promotions=[wanted])["itemList"]
    assert promoted(found) == ["25"]


def test_without_promotions_there_is_none():
    assert read_promotion(None) is None
    assert read_promotion([]) is None


@pytest.mark.parametrize("member", ["name", "percentPromotedItems", "filterArn"])
def test_a_promotion_lacks_no_member(member):
    whole = {"name": "sale", "percentPromotedItems": 10, "filterArn": "arn:f"}
    del whole[member]
    with pytest.raises(InvalidInputException, match=f"has no {member}; give name, percentPromoted"):
        read_promotion([whole])


def test_there_is_one_promotion_at_most():
    whole = {"name": "sale", "percentPromotedItems": 10, "filterArn": "arn:f"}
    with pytest.raises(InvalidInputException, match="promotions has 2 members; give at most one"):
        read_promotion([whole, whole])
