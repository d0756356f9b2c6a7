import asyncio
import re
import threading
from datetime import UTC, datetime

import pytest

from penchant.domain.errors import InternalFailure, InvalidInputException, ResourceNotFoundException
from penchant.models import artifacts
from penchant.models.artifacts import read_artifact
from penchant.service.runtime import Runtime
from penchant.serving.deployments import Deployments

from .shop import NOW, ids


def test_a_user_gets_25_items_with_scores_and_an_id(shop):
    found = shop.recommend(shop.campaign("aws-user-personalization"), user_id="ann")
    assert len(found["itemList"]) == 25
    assert ids(found["itemList"])[0] == "1"
    scores = [one["score"] for one in found["itemList"]]
    assert scores == sorted(scores, reverse=True)
    assert re.fullmatch(r"RID-.{25}-CID-[0-9a-f]{6}", found["recommendationId"])


def test_an_event_changes_the_next_answer_of_its_user_alone(shop):
    arn = shop.campaign("aws-user-personalization")
    before = shop.recommend(arn, user_id="new")["itemList"]
    shop.event("new", "20")
    assert ids(shop.recommend(arn, user_id="new")["itemList"])[0] == "21"
    assert shop.recommend(arn, user_id="other")["itemList"] == before


def test_an_anonymous_session_is_asked_for_as_a_user(shop):
    shop.event("session-1", "9")
    arn = shop.campaign("aws-user-personalization")
    assert ids(shop.recommend(arn, user_id="session-1", num_results=1)["itemList"]) == ["10"]


def test_an_unknown_user_gets_popular_items(shop):
    arn = shop.campaign("aws-user-personalization")
    found = shop.recommend(arn, user_id="stranger", num_results=3)
    assert ids(found["itemList"]) == ["0", "1", "2"]


def test_an_explored_answer_can_be_repeated_from_its_id(shop, desk, tmp_path):
    arn = shop.campaign("aws-user-personalization", itemExplorationConfig={})
    first = shop.recommend(arn, user_id="ann", num_results=10)
    deployments = Deployments(desk.stores.resources, tmp_path)
    clock = lambda: datetime.fromtimestamp(NOW, UTC)  # noqa: E731
    again = Runtime(
        deployments,
        desk.stores.events,
        desk.stores.shown,
        desk.filtering,
        desk.metadata,
        clock,
        new_id=lambda _: first["recommendationId"],
    )
    asked = {"campaign_arn": arn, "user_id": "ann", "num_results": 10}
    assert asyncio.run(again.get_recommendations(desk.caller, **asked)) == first
    deployments.close()


def test_what_an_exploring_campaign_showed_is_kept_under_its_id(shop, desk):
    asked = {"user_id": "ann", "num_results": 3}
    found = shop.recommend(shop.campaign("aws-user-personalization"), **asked)
    other = shop.recommend(shop.campaign("aws-popularity-count", "popular"), **asked)
    desk.stores.shown.close()
    names = [found["recommendationId"], other["recommendationId"]]
    assert desk.stores.shown.find(names) == {names[0]: tuple(ids(found["itemList"]))}


def test_related_items_need_an_item_and_have_no_scores(shop):
    arn = shop.campaign("aws-sims")
    found = shop.recommend(arn, item_id="7", num_results=2)
    assert found["itemList"] == [{"itemId": "8"}, {"itemId": "0"}]
    with pytest.raises(InvalidInputException, match=r"itemId is missing; .* aws-sims, which needs"):
        shop.recommend(arn, user_id="ann")


def test_popular_items_are_the_same_for_everybody_without_scores(shop):
    arn = shop.campaign("aws-popularity-count")
    found = [shop.recommend(arn, user_id=user)["itemList"] for user in ("ann", "stranger")]
    assert found[0] == found[1] == [{"itemId": str(number)} for number in range(25)]


@pytest.mark.parametrize("recipe", ["aws-user-personalization", "aws-popularity-count"])
def test_recipes_for_users_need_a_user(shop, recipe):
    arn = shop.campaign(recipe)
    for asked in ({}, {"item_id": "7"}, {"user_id": ""}):
        with pytest.raises(InvalidInputException, match=f"userId is missing; {arn} uses the"):
            shop.recommend(arn, **asked)


def test_a_user_recipe_ignores_the_item(shop):
    arn = shop.campaign("aws-user-personalization")
    with_item = shop.recommend(arn, user_id="ann", item_id="7")["itemList"]
    assert with_item == shop.recommend(arn, user_id="ann")["itemList"]


@pytest.mark.parametrize(("asked", "given"), [(0, 0), (1, 1), (500, 30)])
def test_as_many_items_as_asked_for_or_there_are(shop, asked, given):
    arn = shop.campaign("aws-user-personalization")
    assert len(shop.recommend(arn, user_id="ann", num_results=asked)["itemList"]) == given


@pytest.mark.parametrize("asked", [-1, 501])
def test_numbers_of_results_out_of_range_are_refused(shop, asked):
    with pytest.raises(InvalidInputException, match=f"numResults is {asked}; give a number from 0"):
        shop.recommend(shop.campaign("aws-user-personalization"), user_id="ann", num_results=asked)


def test_a_context_is_taken(shop):
    arn = shop.campaign("aws-user-personalization")
    context = {"DEVICE": "phone"}
    assert shop.recommend(arn, user_id="ann", context=context)["itemList"]


def test_a_campaign_or_a_recommender_must_be_named_but_not_both(shop):
    recommender = "arn:aws:personalize:eu-central-1:111111111111:recommender/r"
    with pytest.raises(InvalidInputException, match="campaignArn is missing"):
        shop.recommend(None, user_id="ann")
    with pytest.raises(InvalidInputException, match="campaignArn or recommenderArn, not both"):
        shop.recommend("x", recommender_arn=recommender)
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {recommender} does not"):
        shop.recommend(None, recommender_arn=recommender, user_id="ann")


def test_strangers_cannot_tell_that_a_campaign_exists(shop):
    arn = shop.campaign("aws-user-personalization")
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {arn} does not exist"):
        shop.recommend(arn, caller=shop.desk.stranger, user_id="ann")


def test_filters_and_promotions_name_filters_that_do_not_exist(shop):
    up, rank = (
        shop.campaign(f"aws-{name}", name=name)
        for name in ("user-personalization", "personalized-ranking")
    )
    whole = {"name": "p", "filterArn": "arn:f", "percentPromotedItems": 20}
    with pytest.raises(ResourceNotFoundException, match="Resource Arn arn:f does not exist"):
        shop.recommend(up, user_id="ann", filter_arn="arn:f")
    with pytest.raises(ResourceNotFoundException, match="Resource Arn arn:f does not exist"):
        shop.recommend(up, user_id="ann", promotions=[whole])
    with pytest.raises(InvalidInputException, match="promotion 'p' has no "):
        shop.recommend(up, user_id="ann", promotions=[{"name": "p"}])
    with pytest.raises(ResourceNotFoundException, match="Resource Arn arn:f does not exist"):
        shop.rank(rank, ["1"], filter_arn="arn:f")


def test_a_ranking_answers_every_entry(shop):
    found = shop.rank(shop.campaign("aws-personalized-ranking"), ["9", "zz", "1", "9"])
    ranked = found["personalizedRanking"]
    assert ids(ranked) == ["1", "9", "9", "zz"]
    assert sum(one["score"] for one in ranked[:3]) == pytest.approx(1, abs=1e-6)
    assert ranked[3] == {"itemId": "zz"}
    assert len(found["recommendationId"]) == 40


@pytest.mark.parametrize("n", [0, 501])
def test_lists_that_are_empty_or_too_long_are_refused(shop, n):
    arn = shop.campaign("aws-personalized-ranking")
    with pytest.raises(InvalidInputException, match=f"inputList has {n} items; give from 1 to 500"):
        shop.rank(arn, ["1"] * n)


def test_a_ranking_needs_a_user(shop):
    arn = shop.campaign("aws-personalized-ranking")
    with pytest.raises(InvalidInputException, match="userId is missing"):
        shop.rank(arn, ["1"], user_id="")


def test_each_operation_refuses_the_recipes_of_the_other(shop):
    ranking = shop.campaign("aws-personalized-ranking", "ranking")
    personal = shop.campaign("aws-user-personalization", "personal")
    with pytest.raises(InvalidInputException, match="ranks lists; call GetPersonalizedRanking"):
        shop.recommend(ranking, user_id="ann")
    with pytest.raises(InvalidInputException, match="ranks no lists; call GetRecommendations"):
        shop.rank(personal, ["1"])


@pytest.mark.parametrize(("days", "moment"), [(89, NOW + 89 * 86_400), (91, 0)])
def test_the_moment_of_asking_is_now_unless_the_data_ended_long_ago(
    shop, desk, tmp_path, days, moment
):
    arn = shop.campaign("aws-user-personalization")
    deployments = Deployments(desk.stores.resources, tmp_path)
    asked_at = []
    later = Runtime(
        deployments,
        desk.stores.events,
        desk.stores.shown,
        desk.filtering,
        desk.metadata,
        lambda: datetime.fromtimestamp(NOW + days * 86_400, UTC),
    )
    model = deployments.find(desk.caller, arn).artifact.model
    score = type(model).score
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(model),
            "score",
            lambda self, queries: asked_at.append(queries[0].timestamp) or score(self, queries),
        )
        asyncio.run(later.get_recommendations(desk.caller, campaign_arn=arn, user_id="ann"))
    assert asked_at == [moment]
    deployments.close()


def test_the_event_loop_goes_on_while_a_campaign_is_loaded(shop, desk, tmp_path):
    arn = shop.campaign("aws-user-personalization")
    begun, go = threading.Event(), threading.Event()

    def read(folder):
        begun.set()
        assert go.wait(10)
        return read_artifact(folder)

    deployments = Deployments(desk.stores.resources, tmp_path, read=read)
    now = datetime.fromtimestamp(NOW, UTC)
    slow = Runtime(
        deployments,
        desk.stores.events,
        desk.stores.shown,
        desk.filtering,
        desk.metadata,
        lambda: now,
    )

    async def ask():
        calls = [
            asyncio.create_task(
                slow.get_recommendations(desk.caller, campaign_arn=arn, user_id="ann")
            )
            for _ in range(3)
        ]
        assert await asyncio.to_thread(begun.wait, 10)
        assert not any(call.done() for call in calls)
        calls[0].cancel()
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(*calls, return_exceptions=True)

    cancelled, *answered = asyncio.run(ask())
    assert isinstance(cancelled, asyncio.CancelledError)
    assert all(len(answer["itemList"]) == 25 for answer in answered)
    deployments.close()


def test_a_loaded_campaign_answers_without_letting_go_of_the_event_loop(shop):
    arn = shop.campaign("aws-user-personalization")
    shop.recommend(arn, user_id="ann")
    call = shop.runtime.get_recommendations(shop.desk.caller, campaign_arn=arn, user_id="ann")
    with pytest.raises(StopIteration) as ended:
        call.send(None)
    assert len(ended.value.value["itemList"]) == 25


def test_a_damaged_model_is_told_with_what_to_do(shop, tmp_path):
    (tmp_path / "artifacts" / "1" / "model.json").unlink()
    arn = shop.campaign("aws-user-personalization")
    with pytest.raises(InternalFailure, match=f"The model of {arn} is damaged.*UpdateCampaign"):
        shop.recommend(arn, user_id="ann")


def test_a_model_that_the_machine_cannot_read_now_is_not_called_damaged(shop, monkeypatch):
    def read(*_):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(artifacts, "_read", read)
    arn = shop.campaign("aws-user-personalization")
    with pytest.raises(OSError, match="Too many open files"):
        shop.recommend(arn, user_id="ann")


def test_trending_items_are_the_same_with_and_without_a_user(shop, trending):
    found = shop.recommend(trending, num_results=2)["itemList"]
    assert found == [{"itemId": "4"}, {"itemId": "3"}]
    assert shop.recommend(trending, user_id="ann", num_results=2)["itemList"] == found


def test_events_change_what_is_trending_even_for_items_nobody_knew(shop, trending):
    for n in range(4):
        shop.event(f"user {n}", "out of nowhere")
    found = shop.recommend(trending, num_results=2)["itemList"]
    assert ids(found) == ["out of nowhere", "4"]


def test_a_campaign_that_finds_users_recommends_nothing(shop):
    arn = shop.campaign("aws-item-affinity")
    text = f"{arn} uses the recipe aws-item-affinity, which finds users for items"
    with pytest.raises(InvalidInputException, match=text):
        shop.recommend(arn, user_id="ann")
    with pytest.raises(InvalidInputException, match=text):
        shop.rank(arn, ["1"])
