"""Filters and promotions: what was watched never comes back, what is promoted stands out."""

import random
import time

import pytest

PURCHASED = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase")'


@pytest.fixture(scope="module")
def library(shop):
    """A dataset group of its own and its campaign."""
    group, dataset = shop.dataset("library")
    shop.settled(shop.bring_in(dataset, shop.upload("library"), "library"))
    version = shop.train(group, "aws-user-personalization", "library")
    shop.settled(version)
    campaign = shop.deploy(version)
    shop.settled(campaign)
    return group, campaign


def create_filter(shop, group, name, expression):
    personalize = shop.client("personalize")
    arn = personalize.create_filter(name=name, datasetGroupArn=group, filterExpression=expression)[
        "filterArn"
    ]
    assert personalize.describe_filter(filterArn=arn)["filter"]["status"] == "ACTIVE"
    listed = personalize.list_filters(datasetGroupArn=group)["Filters"]
    assert arn in [one["filterArn"] for one in listed]
    return arn


def test_what_was_bought_never_comes_back_in_either_process(shop, library):
    group, campaign = library
    tracker = shop.client("personalize").create_event_tracker(
        name="library", datasetGroupArn=group
    )["trackingId"]
    arn = create_filter(shop, group, "bought", PURCHASED)
    other = shop.start("serve")
    here, there = (shop.client("personalize-runtime", address) for address in ("", other))
    events = shop.client("personalize-events")
    chance = random.Random(0)
    for trial in range(100):
        user = f"buyer-{trial % 10}"
        asked = {"campaignArn": campaign, "userId": user, "numResults": 25, "filterArn": arn}
        item = chance.choice(here.get_recommendations(**asked)["itemList"])["itemId"]
        event = {"eventType": "PURCHASE", "itemId": item, "sentAt": int(time.time())}
        events.put_events(trackingId=tracker, userId=user, sessionId=user, eventList=[event])
        for runtime in (there, here):
            found = runtime.get_recommendations(**asked)["itemList"]
            assert len(found) == 25
            assert item not in [one["itemId"] for one in found]


def test_a_promotion_takes_its_share(shop, library):
    group, campaign = library
    arn = create_filter(
        shop, group, "watched", 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'
    )
    promotion = {"name": "again", "percentPromotedItems": 40, "filterArn": arn}
    found = shop.client("personalize-runtime").get_recommendations(
        campaignArn=campaign, userId="u1", numResults=10, promotions=[promotion]
    )["itemList"]
    promoted = [one for one in found if one.get("promotionName") == "again"]
    assert (len(found), len(promoted)) == (10, 4)
