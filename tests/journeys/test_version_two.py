"""The version 2 recipes from training to answers, with nothing but boto3."""

import time

import pytest


@pytest.fixture(scope="module")
def club(shop):
    """A dataset group of its own."""
    group, dataset = shop.dataset("second")
    shop.settled(shop.bring_in(dataset, "s3://shop/plays.csv", "second"))
    return group


@pytest.fixture(scope="module")
def campaign(shop, club):
    version = shop.train(club, "aws-user-personalization-v2", "second")
    shop.settled(version)
    found = shop.deploy(version, name="second")
    shop.settled(found)
    return found


def recommended(shop, campaign, user):
    answer = shop.client("personalize-runtime").get_recommendations(
        campaignArn=campaign, userId=user, numResults=10
    )
    return answer["itemList"]


def test_the_next_click_changes_the_next_answer(shop, club, campaign):
    tracker = shop.client("personalize").create_event_tracker(name="two", datasetGroupArn=club)
    before = recommended(shop, campaign, "a guest")
    now = int(time.time())
    shop.client("personalize-events").put_events(
        trackingId=tracker["trackingId"],
        userId="a guest",
        sessionId="session",
        eventList=[
            {"eventType": "watch", "itemId": f"c13-{n}", "sentAt": now - 60 + n} for n in range(3)
        ],
    )
    after = recommended(shop, campaign, "a guest")
    assert after != before
    assert any(item["itemId"].startswith("c13-") for item in after[:3])
    assert all(item["score"] > 0 for item in after)


def test_how_much_it_explores_is_not_the_campaign_s_to_say(shop, campaign):
    personalize = shop.client("personalize")
    made = personalize.describe_campaign(campaignArn=campaign)["campaign"]
    version = made["solutionVersionArn"]
    with pytest.raises(personalize.exceptions.InvalidInputException, match="takes no"):
        shop.deploy(version, name="third", itemExplorationConfig={"explorationWeight": "0.5"})
