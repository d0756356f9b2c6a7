"""From a CSV to recommendations, with nothing but boto3."""

import time

import pytest

NEWEST = 1_700_000_000 + 30 * 60 + 17 * 120


@pytest.fixture(scope="module")
def personal(shop, group):
    """A campaign of aws-user-personalization without exploration, and its version."""
    version = shop.train(group, "aws-user-personalization")
    shop.settled(version)
    exploration = {"explorationWeight": "0"}
    campaign = shop.deploy(version, itemExplorationConfig=exploration)
    shop.settled(campaign)
    return campaign, version


@pytest.fixture(scope="module")
def tracking_id(shop, group):
    return shop.client("personalize").create_event_tracker(name="web", datasetGroupArn=group)[
        "trackingId"
    ]


def recommended(shop, campaign, user, n=10, address=""):
    answer = shop.client("personalize-runtime", address).get_recommendations(
        campaignArn=campaign, userId=user, numResults=n
    )
    return answer["itemList"]


def watch(shop, tracking_id, user, *items, address="", **members):
    now = int(time.time())
    shop.client("personalize-events", address).put_events(
        trackingId=tracking_id,
        userId=user,
        sessionId=f"session-{user}",
        eventList=[
            {"eventType": "watch", "itemId": item, "sentAt": now - len(items) + n, **members}
            for n, item in enumerate(items)
        ],
    )


def ids(items):
    return [item["itemId"] for item in items]


def test_metrics_are_the_service_s_and_show_that_it_learned(shop, personal):
    metrics = shop.client("personalize").get_solution_metrics(solutionVersionArn=personal[1])
    assert set(metrics["metrics"]) == {
        "coverage",
        "mean_reciprocal_rank_at_25",
        *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
        *(f"precision_at_{k}" for k in (5, 10, 25)),
    }
    assert metrics["metrics"]["mean_reciprocal_rank_at_25"] > 0.2


def test_scores_are_shares_of_the_catalogue(shop, personal):
    items = recommended(shop, personal[0], "u1", 180)
    assert sum(item["score"] for item in items) == pytest.approx(1, abs=1e-4)
    assert [i["score"] for i in items] == sorted((i["score"] for i in items), reverse=True)


def test_the_next_click_changes_the_next_answer(shop, personal, tracking_id):
    before = ids(recommended(shop, personal[0], "u3"))
    watch(shop, tracking_id, "u3", "c20-0", "c20-1", "c20-2")
    after = ids(recommended(shop, personal[0], "u3"))
    assert after != before
    assert "c20-3" in after[:3]


def test_another_api_process_sees_the_click_at_once(shop, personal, tracking_id):
    other = shop.start("serve")
    recommended(shop, personal[0], "u4", address=other)
    watch(shop, tracking_id, "u4", "c21-0", "c21-1", "c21-2")
    assert ids(recommended(shop, personal[0], "u4", address=other)) == ids(
        recommended(shop, personal[0], "u4")
    )
    assert "c21-3" in ids(recommended(shop, personal[0], "u4", 3, address=other))


def test_a_stranger_gets_an_answer_that_their_clicks_make_personal(shop, personal, tracking_id):
    before = ids(recommended(shop, personal[0], "never-seen"))
    assert len(before) == 10
    watch(shop, tracking_id, "never-seen", "c09-0", "c09-1", "c09-2")
    assert "c09-3" in ids(recommended(shop, personal[0], "never-seen", 3))


def test_an_anonymous_session_is_asked_for_by_its_session_id(shop, personal, tracking_id):
    shop.client("personalize-events").put_events(
        trackingId=tracking_id,
        sessionId="anonymous-1",
        eventList=[
            {"eventType": "watch", "sentAt": time.time(), "properties": '{"itemId": "c11-0"}'},
            {"eventType": "watch", "sentAt": time.time(), "properties": '{"itemId": "c11-1"}'},
        ],
    )
    assert "c11-2" in ids(recommended(shop, personal[0], "anonymous-1", 3))


def test_an_item_nobody_knows_changes_nothing(shop, personal, tracking_id):
    before = recommended(shop, personal[0], "u5")
    watch(shop, tracking_id, "u5", "never-heard-of")
    assert recommended(shop, personal[0], "u5") == before


def test_cloudwatch_tells_how_often_a_campaign_was_asked(shop, personal):
    about = {
        "Namespace": "AWS/Personalize",
        "MetricName": "GetRecommendations",
        "Dimensions": [{"Name": "CampaignArn", "Value": personal[0]}],
    }
    query = {"Id": "m1", "MetricStat": {"Metric": about, "Period": 3600, "Stat": "Sum"}}

    def asked():
        (told,) = shop.client("cloudwatch").get_metric_data(
            MetricDataQueries=[query], StartTime=time.time() - 3600, EndTime=time.time() + 60
        )["MetricDataResults"]
        return sum(told["Values"])

    time.sleep(5.5)  # what other processes have counted before is written by then
    before = asked()
    recommended(shop, personal[0], "u6")
    recommended(shop, personal[0], "u7")
    assert asked() == before + 2


def test_sims_knows_what_goes_together(shop, group):
    version = shop.train(
        group, "aws-sims", featureTransformationParameters={
            "max_item_interaction_count_percentile": "1.0",
            "max_user_history_length_percentile": "1.0",
        },
    )  # fmt: skip
    shop.settled(version)
    campaign = shop.deploy(version)
    shop.settled(campaign)
    items = shop.client("personalize-runtime").get_recommendations(
        campaignArn=campaign, itemId="c05-2", numResults=5
    )["itemList"]
    assert sorted(ids(items)) == ["c05-0", "c05-1", "c05-3", "c05-4", "c05-5"]
    assert all("score" not in item for item in items)


def test_popularity_answers_everybody_alike(shop, group):
    version = shop.train(group, "aws-popularity-count")
    shop.settled(version)
    campaign = shop.deploy(version)
    shop.settled(campaign)
    assert ids(recommended(shop, campaign, "u1")) == ids(recommended(shop, campaign, "x"))


def test_ranking_keeps_every_item_and_puts_strangers_last(shop, group, tracking_id):
    version = shop.train(group, "aws-personalized-ranking")
    shop.settled(version)
    campaign = shop.deploy(version)
    shop.settled(campaign)
    watch(shop, tracking_id, "u6", "c13-0", "c13-1", "c13-2")
    answer = shop.client("personalize-runtime").get_personalized_ranking(
        campaignArn=campaign, userId="u6", inputList=["nothing", "c29-5", "c13-3", "c02-4"]
    )["personalizedRanking"]
    assert ids(answer)[0] == "c13-3"
    assert answer[-1] == {"itemId": "nothing"}
    assert sum(item.get("score", 0) for item in answer) == pytest.approx(1, abs=1e-5)
