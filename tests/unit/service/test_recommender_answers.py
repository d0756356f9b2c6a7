"""What recommenders answer, and when they do not."""

from functools import partial

import pytest

from penchant.domain.arns import Kind
from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.serving.deployments import Deployments
from penchant.store.events import Event

from .shop import NOW, RECIPE, Shop, ids

PERSONAL, VIEWED = "aws-ecomm-recommended-for-you", "aws-ecomm-customers-who-viewed-x-also-viewed"
TOGETHER, POPULAR = "aws-ecomm-frequently-bought-together", "aws-ecomm-popular-items-by-views"
WAY = ("STOP PENDING", "STOP IN_PROGRESS", "INACTIVE", "START PENDING", "START IN_PROGRESS")
UNEXPLORED = {"itemExplorationConfig": {"explorationWeight": "0"}}


@pytest.fixture
def recommender(shop, desk):
    """Makes a recommender of a recipe that answers with the shop's artifact."""

    def made(recipe, **config):
        serving = {
            "artifact": "artifacts/1",
            "recipeArn": RECIPE + recipe,
            "datasetGroupArn": shop.group,
            "campaignConfig": UNEXPLORED | config,
        }
        with desk.stores.resources.transaction() as tx:
            return desk.ledger.write_down(
                tx,
                desk.caller,
                Kind.RECOMMENDER,
                recipe,
                sent={"recipeArn": RECIPE + recipe},
                parent_arn=shop.group,
                own={"serving": serving},
            ).arn

    return made


@pytest.fixture
def ask(shop):
    def answered(arn, **asked):
        return shop.recommend(None, recommender_arn=arn, **asked)["itemList"]

    return answered


def did(shop, user, kind, item):
    new = Event(user_id=user, item_id=item, timestamp=NOW, event_type=kind, event_id=item)
    shop.desk.stores.events.append(shop.group, [new]).result()


def test_a_user_s_items_come_without_scores_and_reasons(recommender, ask):
    found = ask(recommender(PERSONAL), user_id="ann", num_results=5)
    assert found == [{"itemId": str(n)} for n in (1, *(one for one in (0, 2, 3, 4)))]


def test_what_was_bought_in_any_spelling_is_out_at_once_and_what_was_viewed_is_not(
    recommender, ask, shop
):
    arn = recommender(PERSONAL)
    assert ids(ask(arn, user_id="eve", num_results=3)) == ["0", "1", "2"]
    did(shop, "eve", "purchase", "0")
    did(shop, "eve", "View", "9")
    found = ids(ask(arn, user_id="eve", num_results=30))
    assert "0" not in found
    assert "9" in found
    assert len(found) == 29
    assert "0" in ids(ask(arn, user_id="other", num_results=30))


def test_related_items_leave_out_what_the_user_bought(recommender, ask, shop):
    arn = recommender(VIEWED)
    assert ids(ask(arn, user_id="eve", item_id="7", num_results=1)) == ["8"]
    did(shop, "eve", "Purchase", "8")
    assert ids(ask(arn, user_id="eve", item_id="7", num_results=1)) != ["8"]


@pytest.mark.parametrize("recipe", [TOGETHER, POPULAR])
def test_use_cases_without_a_filter_of_their_own_answer_everything(recommender, ask, shop, recipe):
    did(shop, "eve", "Purchase", "1")
    assert "1" in ids(ask(recommender(recipe), user_id="eve", item_id="0", num_results=3))


def test_a_request_s_filter_and_a_promotion_come_after_the_own_one(recommender, ask, shop, desk):
    arn = recommender(PERSONAL)
    desk.dataset(shop.group, desk.schema())
    seen = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("View", "Purchase")'
    with desk.stores.resources.transaction() as tx:
        filtered = desk.ledger.write_down(
            tx,
            desk.caller,
            Kind.FILTER,
            "seen",
            sent={"filterExpression": seen},
            parent_arn=shop.group,
        ).arn
    for item in ("3", "4", "5"):
        did(shop, "eve", "View", item)
    did(shop, "eve", "Purchase", "4")
    assert sorted(ids(ask(arn, user_id="eve", filter_arn=filtered))) == ["3", "5"]
    promotion = {"name": "again", "percentPromotedItems": 50, "filterArn": filtered}
    found = ask(arn, user_id="eve", num_results=10, promotions=[promotion])
    promoted = [one["itemId"] for one in found if one.get("promotionName") == "again"]
    assert sorted(promoted) == ["3", "5"]
    assert "4" not in ids(found)


@pytest.mark.parametrize(
    ("recipe", "given", "missing"),
    [
        (PERSONAL, {}, "userId"),
        (POPULAR, {}, "userId"),
        (VIEWED, {"item_id": "1"}, "userId"),
        (VIEWED, {"user_id": "ann"}, "itemId"),
        (TOGETHER, {"user_id": "ann"}, "itemId"),
        ("aws-vod-top-picks", {}, "userId"),
        ("aws-vod-most-popular", {}, "userId"),
        ("aws-vod-more-like-x", {"item_id": "1"}, "userId"),
        ("aws-vod-because-you-watched-x", {"user_id": "ann"}, "itemId"),
    ],
)
def test_what_a_use_case_asks_for_is_missed_by_name(recommender, ask, recipe, given, missing):
    with pytest.raises(InvalidInputException, match=f"{missing} is missing; .* uses .* {recipe}"):
        ask(recommender(recipe), **given)


@pytest.mark.parametrize("recipe", [TOGETHER, "aws-vod-trending-now"])
def test_these_need_no_user(recommender, ask, recipe):
    assert len(ask(recommender(recipe), item_id="1", num_results=3)) == 3


def test_metadata_are_told_where_they_are_turned_on(recommender, ask):
    asked = {"user_id": "ann", "metadata_columns": {"ITEMS": ["PRICE"]}}
    with pytest.raises(InvalidInputException, match="has off; turn it on by UpdateRecommender"):
        ask(recommender(PERSONAL), **asked)
    with pytest.raises(InvalidInputException, match="has no Items dataset; create and import it"):
        ask(recommender(POPULAR, enableMetadataWithRecommendations=True), **asked)


def test_a_stopped_one_says_to_start_it(recommender, shop, desk, tmp_path):
    deployments = Deployments(desk.stores.resources, tmp_path, trust_s=0)
    at_once = Shop(desk, shop.group, shop.version, deployments)
    ask = partial(at_once.recommend, None, user_id="ann")
    arn = recommender(PERSONAL)
    own = desk.stores.resources.get(arn).own
    texts = {
        "STOP IN_PROGRESS": "cannot answer; call StartRecommender and wait until it is ACTIVE",
        "INACTIVE": "is INACTIVE and cannot answer; call StartRecommender",
        "START PENDING": "cannot answer yet; wait until DescribeRecommender shows ACTIVE",
        "START IN_PROGRESS": "cannot answer yet; wait until DescribeRecommender shows ACTIVE",
    }
    for status in WAY:
        desk.settle(arn, status, **own)
        if status in texts:
            with pytest.raises(InvalidInputException, match=texts[status]):
                ask(recommender_arn=arn)
        else:
            assert ask(recommender_arn=arn)
    desk.settle(arn, "ACTIVE", **own)
    assert ask(recommender_arn=arn)
    deployments.close()


def test_arns_go_into_the_members_of_their_kind(recommender, shop):
    arn = recommender(PERSONAL)
    with pytest.raises(InvalidInputException, match="of a recommender; give it as recommenderArn"):
        shop.recommend(arn, user_id="ann")
    with pytest.raises(InvalidInputException, match="is the ARN of something else; give that of"):
        shop.recommend(None, recommender_arn=shop.campaign("aws-sims"), user_id="ann")
    with pytest.raises(InvalidInputException, match="Give campaignArn or recommenderArn, not both"):
        shop.recommend(arn, recommender_arn=arn, user_id="ann")
    with pytest.raises(ResourceNotFoundException):
        shop.recommend(None, recommender_arn=f"{arn}-other", user_id="ann")
    with pytest.raises(ResourceNotFoundException):
        shop.recommend(None, shop.desk.stranger, recommender_arn=arn, user_id="ann")


def test_a_recommender_ranks_no_lists(recommender, shop):
    with pytest.raises(InvalidInputException, match="ranks no lists; call GetRecommendations"):
        shop.rank(recommender(PERSONAL), ["1"])
