"""Metadata of items beside their ids."""

import pytest

from penchant.domain.errors import InternalFailure, InvalidInputException

ON = {"enableMetadataWithRecommendations": True}
OFF = {"enableMetadataWithRecommendations": False}


def first(market, arn, *columns, **asked):
    asked = {"user_id": "stranger", "num_results": 1} | asked
    return market.recommend(arn, metadata_columns={"ITEMS": list(columns)}, **asked)["itemList"][0]


@pytest.fixture
def up(market):
    return market.campaign("aws-user-personalization", **ON)


def test_columns_come_in_lower_case_and_values_as_texts(market, up):
    market.put("Items", **{"0": {"genres": "a|b", "price": 130, "storyLine": "Once.", "new": True}})
    found = first(market, up, "GENRES", "PRICE", "STORY_LINE", "NEW")
    assert found["metadata"] == {
        "genres": "a|b",
        "price": "130.0",
        "story_line": "Once.",
        "new": "true",
    }


def test_columns_may_be_named_in_any_case(market, up):
    found = first(market, up, "price", "Year", "story_line")["metadata"]
    assert found == {"price": "0.0", "year": "2000", "story_line": "Story 0"}


def test_a_missing_value_has_no_key_and_an_item_without_any_no_metadata(market, up):
    market.put("Items", **{"0": {"price": 2.5}, "1": {}})
    found = market.recommend(
        up, user_id="stranger", num_results=3, metadata_columns={"ITEMS": ["GENRES", "PRICE"]}
    )["itemList"]
    assert [one.get("metadata") for one in found] == [
        {"price": "2.5"},
        None,
        {"genres": "even", "price": "2.0"},
    ]


def test_a_put_and_an_import_are_told_a_moment_later(market, up):
    assert first(market, up, "GENRES")["metadata"] == {"genres": "even"}
    market.put("Items", **{"0": {"genres": "put"}})
    market.later()
    assert first(market, up, "GENRES")["metadata"] == {"genres": "put"}
    market.bring_in("Items", [{"ITEM_ID": "1", "GENRES": "other"}])
    market.later()
    found = market.recommend(
        up, user_id="stranger", num_results=3, metadata_columns={"ITEMS": ["GENRES"]}
    )["itemList"]
    assert [one.get("metadata") for one in found] == [{"genres": "put"}, {"genres": "other"}, None]


def test_of_two_imports_the_later_counts_and_a_record_counts_whole(market, up):
    market.bring_in("Items", [{"ITEM_ID": "0", "GENRES": "newer"}], full=False)
    assert first(market, up, "GENRES", "PRICE")["metadata"] == {"genres": "newer"}


def test_a_ranking_tells_metadata_of_items_that_the_model_does_not_know_too(market):
    market.put("Items", fresh={"genres": "new"})
    arn = market.campaign("aws-personalized-ranking", **ON)
    found = market.rank(arn, ["fresh", "3", "zz"], metadata_columns={"ITEMS": ["GENRES"]})
    told = {one["itemId"]: one.get("metadata") for one in found["personalizedRanking"]}
    assert told == {"3": {"genres": "odd"}, "fresh": {"genres": "new"}, "zz": None}


def test_metadata_stays_with_its_item_when_places_are_promoted(market, up):
    promotion = {
        "name": "odd",
        "percentPromotedItems": 50,
        "filterArn": market.filter('INCLUDE ItemID WHERE Items.GENRES IN ("odd")'),
    }
    found = market.recommend(
        up,
        user_id="stranger",
        num_results=10,
        promotions=[promotion],
        metadata_columns={"ITEMS": ["YEAR"]},
    )["itemList"]
    assert all(int(one["metadata"]["year"]) - 2000 == int(one["itemId"]) for one in found)
    assert sum("promotionName" in one for one in found) == 5


@pytest.mark.parametrize(
    ("recipe", "asked", "config"),
    [
        ("aws-user-personalization-v2", {"user_id": "ann"}, {}),
        ("aws-user-personalization-v2", {"user_id": "ann"}, OFF),
        ("aws-semantic-similarity", {"item_id": "1"}, {}),
    ],
)
def test_newer_recipes_tell_metadata_without_being_told_to(market, recipe, asked, config):
    columns = {"ITEMS": ["YEAR"]}
    arn = market.campaign(recipe, **config)
    found = market.recommend(arn, metadata_columns=columns, **asked)
    assert all("metadata" in one for one in found["itemList"])


def test_other_campaigns_are_refused_until_it_is_turned_on(market):
    arn = market.campaign("aws-user-personalization")
    with pytest.raises(InvalidInputException, match=f"which {arn} has off; turn it on by Update"):
        first(market, arn, "GENRES")


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"ITEMS": ["COLOUR"]}, "names 'COLOUR'; the schema of the Items dataset has ITEM_ID, GE"),
        ({"USERS": ["AGE"]}, "has 'USERS'; answers carry metadata of ITEMS alone"),
        ({"ITEMS": [f"C{n}" for n in range(11)]}, "names 11 columns; name at most 10"),
    ],
)
def test_columns_that_cannot_be_told_are_refused_by_name(market, up, columns, text):
    with pytest.raises(InvalidInputException, match=text):
        market.recommend(up, user_id="ann", metadata_columns=columns)


def test_at_most_fifty_items_come_with_metadata(market, up):
    assert first(market, up, "YEAR", num_results=50)
    with pytest.raises(InvalidInputException, match="numResults asks for 51 items with metadataC"):
        first(market, up, "YEAR", num_results=51)
    arn = market.campaign("aws-personalized-ranking", "rank", **ON)
    with pytest.raises(InvalidInputException, match="inputList asks for 51 items with metadataCo"):
        market.rank(arn, ["1"] * 51, metadata_columns={"ITEMS": ["YEAR"]})


def test_no_columns_are_no_wish(market):
    arn = market.campaign("aws-user-personalization")
    found = market.recommend(arn, user_id="ann", metadata_columns={})
    assert not any("metadata" in one for one in found["itemList"])


def test_a_group_without_items_is_told(shop):
    arn = shop.campaign("aws-user-personalization", **ON)
    with pytest.raises(InvalidInputException, match="has no Items dataset; create and import it"):
        first(shop, arn, "YEAR")


def test_a_damaged_part_is_an_internal_failure_that_says_what_to_do(market, up):
    (market.folder / "0.parquet").write_bytes(b"no parquet")
    with pytest.raises(
        InternalFailure, match=r"The items of .* cannot be read, .* import the data"
    ):
        first(market, up, "YEAR")
