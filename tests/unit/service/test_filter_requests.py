"""What the filter of a request does to the answer."""

import pytest

from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.store.events import Event

from .market import FIELDS, interactions, schema_of
from .shop import NOW, ids

ODD = 'INCLUDE ItemID WHERE Items.GENRES IN ("odd")'
CLICKED = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Click")'


@pytest.fixture
def up(market):
    return market.campaign("aws-user-personalization")


@pytest.fixture
def events(market):
    """A dataset of interactions: ann has clicked on 1 and bought 2."""
    market.dataset("Interactions")
    rows = interactions(("ann", "1", "CLICK"), ("ann", "2", "buy"), ("bob", "3", "click"))
    market.bring_in("Interactions", rows)


def answered(market, arn, expression, **asked):
    asked = {"user_id": "ann", "num_results": 500} | asked
    name = f"f{abs(hash(expression))}"
    found = market.recommend(arn, filter_arn=market.filter(expression, name), **asked)
    return ids(found["itemList"])


def streamed(market, user, item, kind="click", n=1, timestamp=NOW):
    new = [
        Event(user_id=user, item_id=item, timestamp=timestamp - k, event_type=kind)
        for k in range(n)
    ]
    market.desk.stores.events.append(market.group, new).result()


def test_columns_decide(market, up):
    odd = [str(n) for n in range(1, 30, 2)]
    assert sorted(answered(market, up, ODD), key=int) == odd
    even = answered(market, up, "EXCLUDE ItemID WHERE Items.GENRES = 'odd'")
    assert sorted(even, key=int) == [str(n) for n in range(0, 30, 2)]


def test_a_full_answer_comes_wherever_there_is_enough(market, up):
    assert len(answered(market, up, ODD, num_results=15)) == 15


def test_imported_and_streamed_events_count_whatever_their_case(market, up, events):
    arn = market.filter(CLICKED)
    asked = {"user_id": "ann", "num_results": 500, "filter_arn": arn}
    assert "1" not in ids(market.recommend(up, **asked)["itemList"])
    streamed(market, "ann", "9")
    found = ids(market.recommend(up, **asked)["itemList"])
    assert "9" not in found
    assert "2" in found
    assert "9" in ids(market.recommend(up, **asked | {"user_id": "bob"})["itemList"])


def test_an_old_event_counts_however_many_came_since(market, up, events):
    arn = market.filter('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")')
    streamed(market, "ann", "9", "buy", timestamp=NOW - 10_000)
    streamed(market, "ann", "8", "click", n=1_500)
    found = market.recommend(up, user_id="ann", num_results=500, filter_arn=arn)
    assert not {"9", "2"} & set(ids(found["itemList"]))


def test_a_put_item_and_a_new_import_count_a_moment_later(market, up):
    arn = market.filter(ODD)
    asked = {"user_id": "ann", "num_results": 500, "filter_arn": arn}
    market.recommend(up, **asked)
    market.put("Items", **{"1": {"genres": "even"}, "2": {"genres": "rare|odd"}})
    market.later()
    found = ids(market.recommend(up, **asked)["itemList"])
    assert "1" not in found
    assert "2" in found
    market.bring_in("Items", [{"ITEM_ID": "4", "GENRES": "odd"}])
    market.later()
    assert sorted(ids(market.recommend(up, **asked)["itemList"])) == ["2", "4"]


def test_the_user_is_looked_up_for_an_if(market, up):
    market.dataset("Users")
    rows = [{"USER_ID": "ann", "AGE": 40}, {"USER_ID": "bob", "AGE": 10}]
    market.bring_in("Users", rows)
    expression = f"{ODD} IF CurrentUser.AGE >= 18"
    arn = market.filter(expression)
    counts = [
        len(market.recommend(up, user_id=user, num_results=500, filter_arn=arn)["itemList"])
        for user in ("ann", "bob", "stranger")
    ]
    assert counts == [15, 30, 30]


def test_values_are_put_in(market, up):
    expression = "INCLUDE ItemID WHERE Items.PRICE >= $LOW AND Items.PRICE < $HIGH"
    values = {"LOW": "3", "HIGH": '"5"'}
    found = answered(market, up, expression, filter_values=values)
    assert sorted(found) == ["3", "4"]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, r"only: filterValues lacks 'LOW'; an INCLUDE filter needs a value for each"),
        ({"low": "3"}, "filterValues lacks 'LOW'"),
        ({"LOW": "cheap"}, "filterValues: Items.PRICE holds numbers; 'cheap' is none"),
        ({"LOW": '"1","2"'}, "takes one value; filterValues has 2 of LOW"),
    ],
)
def test_values_that_do_not_fit_are_refused(market, up, values, text):
    arn = market.filter("INCLUDE ItemID WHERE Items.PRICE >= $LOW")
    with pytest.raises(InvalidInputException, match=text):
        market.recommend(up, user_id="ann", filter_arn=arn, filter_values=values)


def test_an_exclude_without_values_leaves_everything(market, up):
    found = answered(market, up, "EXCLUDE ItemID WHERE Items.GENRES IN ($GENRE)")
    assert len(found) == 30


def test_an_event_filter_needs_a_user(market, events):
    arn = market.campaign("aws-sims")
    found = market.filter(CLICKED)
    with pytest.raises(InvalidInputException, match=r"userId is missing; .* looks at wha"):
        market.recommend(arn, item_id="7", filter_arn=found)


def test_related_items_are_compared_with_the_item(market):
    arn = market.campaign("aws-sims")
    same = "INCLUDE ItemID WHERE Items.GENRES IN CurrentItem.GENRES"
    found = answered(market, arn, same, item_id="7")
    assert found[0] == "0" or int(found[0]) % 2 == 1
    assert {int(name) % 2 for name in found} == {1}
    assert "7" not in found


def test_the_current_item_may_be_one_that_only_the_dataset_knows(market):
    arn = market.campaign("aws-sims")
    market.put("Items", fresh={"genres": "odd", "price": 4})
    same = "INCLUDE ItemID WHERE Items.GENRES IN CurrentItem.GENRES"
    assert {int(name) % 2 for name in answered(market, arn, same, item_id="fresh")} == {1}
    cheaper = "EXCLUDE ItemID WHERE Items.PRICE >= CurrentItem.PRICE"
    assert sorted(answered(market, arn, cheaper, item_id="fresh")) == ["0", "1", "2", "3"]


def test_only_related_items_have_a_current_item(market, up):
    arn = market.filter("INCLUDE ItemID WHERE Items.GENRES IN CurrentItem.GENRES")
    with pytest.raises(InvalidInputException, match="looks at CurrentItem, which only recipes for"):
        market.recommend(up, user_id="ann", filter_arn=arn)


def test_a_ranking_leaves_out_what_does_not_pass_known_or_not(market, events):
    market.put("Items", fresh={"genres": "odd"}, stale={"genres": "even"})
    arn = market.campaign("aws-personalized-ranking")
    asked = ["1", "2", "fresh", "zz", "stale", "3"]
    found = market.rank(arn, asked, filter_arn=market.filter(ODD))["personalizedRanking"]
    assert sorted(ids(found)) == ["1", "3", "fresh"]
    assert ids(found)[-1] == "fresh"
    assert "score" not in found[-1]


def test_a_ranking_knows_what_the_user_did_to_items_that_nobody_knows(market, events):
    rows = interactions(("ann", "bought", "click"), ("bob", "3", "click"))
    market.bring_in("Interactions", rows, full=False)
    streamed(market, "ann", "seen")
    arn = market.campaign("aws-personalized-ranking")
    asked = ["1", "2", "bought", "seen", "never", "never"]
    found = market.rank(arn, asked, filter_arn=market.filter(CLICKED))["personalizedRanking"]
    assert ids(found) == ["2", "never", "never"]


def test_a_filter_on_users_filters_no_items(market, up):
    market.dataset("Users")
    arn = market.filter("INCLUDE UserID WHERE Users.AGE > 3")
    with pytest.raises(InvalidInputException, match=f"{arn} filters UserID; {up} uses .*with Item"):
        market.recommend(up, user_id="ann", filter_arn=arn)


def test_filters_of_other_groups_or_kinds_are_refused(market, up, desk):
    with pytest.raises(InvalidInputException, match=f"{up} is the ARN of a campaign; give that"):
        market.recommend(up, user_id="ann", filter_arn=up)
    arn = market.filter(ODD)
    desk.settle(arn, "DELETE PENDING")
    with pytest.raises(InvalidInputException, match=f"{arn} is DELETE PENDING; wait until"):
        market.recommend(up, user_id="ann", filter_arn=arn)


def test_a_filter_of_another_group_is_refused(market, up, desk):
    first, market.group = market.group, desk.group("elsewhere")
    desk.datasets.create_dataset(
        desk.caller,
        name="i",
        schema_arn=desk.schemas.list_schemas(desk.caller)["schemas"][0]["schemaArn"],
        dataset_group_arn=market.group,
        dataset_type="Items",
    )
    arn = market.filter(ODD)
    with pytest.raises(InvalidInputException, match=f"belongs to {market.group}, not to {first}"):
        market.recommend(up, user_id="ann", filter_arn=arn)


def test_a_deleted_filter_is_refused_and_its_name_can_be_taken_again(market, up, desk):
    arn = market.filter(ODD)
    asked = {"user_id": "ann", "num_results": 500, "filter_arn": arn}
    market.recommend(up, **asked)
    desk.filters.delete_filter(desk.caller, filter_arn=arn)
    market.later()
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {arn} does not exist"):
        market.recommend(up, **asked)
    market.filter('INCLUDE ItemID WHERE Items.GENRES IN ("even")')
    assert ids(market.recommend(up, **asked)["itemList"])[0] in {"0", "2"}


def test_a_filter_whose_dataset_was_deleted_is_refused(market, up, desk):
    include, exclude = market.filter(ODD), market.filter(ODD.replace("INCLUDE", "EXCLUDE"), "out")
    items = market.datasets["Items"]
    desk.datasets.delete_dataset(desk.caller, dataset_arn=items)
    for arn in (include, exclude):
        with pytest.raises(InvalidInputException, match=f"{arn} looks at {items}, which was del"):
            market.recommend(up, user_id="ann", filter_arn=arn)


def test_a_column_that_was_added_later_can_be_filtered_by_at_once(market, up, desk):
    market.recommend(up, user_id="ann", filter_arn=market.filter(ODD))
    hue = {"name": "HUE", "type": ["null", "string"], "categorical": True}
    text = schema_of("Items", [*FIELDS["Items"], hue])
    schema = desk.schemas.create_schema(desk.caller, name="more", schema=text)["schemaArn"]
    items = market.datasets["Items"]
    desk.dataset_updates.update_dataset(desk.caller, dataset_arn=items, schema_arn=schema)
    market.put("Items", **{"7": {"hue": "red"}})
    market.later()
    assert answered(market, up, 'INCLUDE ItemID WHERE Items.HUE IN ("red")') == ["7"]
    assert len(answered(market, up, ODD + " ")) == 14  # 7 was put without its genre


def test_an_updated_campaign_is_filtered_by_its_own_catalogue(market, up, tmp_path):
    arn = market.filter(ODD)
    asked = {"user_id": "ann", "num_results": 500, "filter_arn": arn}
    before = market.recommend(up, **asked)["itemList"]
    (tmp_path / "artifacts" / "2").symlink_to(tmp_path / "artifacts" / "1")
    campaign = market.desk.stores.resources.get(up)
    market.desk.settle(up, serving=campaign.own["serving"] | {"artifact": "artifacts/2"})
    market.runtime._deployments._seen.clear()
    assert market.recommend(up, **asked)["itemList"] == before


def test_trending_items_are_filtered_those_that_nobody_knew_too(market, trending):
    market.put("Items", **{"out of nowhere": {"genres": "odd"}, "other": {"genres": "even"}})
    for n in range(6):
        streamed(market, f"user {n}", "out of nowhere")
        streamed(market, f"user {n}", "other")
    arn = market.filter(ODD)
    found = ids(market.recommend(trending, num_results=2, filter_arn=arn)["itemList"])
    assert found == ["out of nowhere", "3"]


def test_version_two_fills_up_with_what_the_model_does_not_know(market):
    arn = market.campaign("aws-user-personalization-v2")
    market.put(
        "Items", fresh={"genres": "new"}, other={"genres": "odd"}, **{"3": {"genres": "new"}}
    )
    expression = 'INCLUDE ItemID WHERE Items.GENRES IN ("new")'
    found = market.recommend(
        arn, user_id="ann", num_results=5, filter_arn=market.filter(expression)
    )["itemList"]
    assert [one["itemId"] for one in found] == ["3", "fresh"]
    assert found[0].keys() == {"itemId", "score"}
    assert found[1] == {"itemId": "fresh", "reason": ["Popular item"]}


def test_other_recipes_and_enough_items_are_not_filled_up(market, up):
    market.put("Items", fresh={"genres": "odd"})
    assert "fresh" not in answered(market, up, ODD)
    second = market.campaign("aws-user-personalization-v2", "second")
    assert "fresh" not in answered(market, second, ODD + " ", num_results=15)
    assert answered(market, second, ODD + "  ", num_results=16)[-1] == "fresh"
