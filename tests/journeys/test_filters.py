"""Filters and promotions: what was watched never comes back, what is promoted stands out."""

import json
import random
import time
from functools import partial

import pytest

from ..schemas import avro_text
from ..waiting import until

ITEMS = avro_text(
    "Items",
    [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "SHELF", "type": ["null", "string"], "categorical": True},
    ],
)
PURCHASED = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase")'


@pytest.fixture(scope="module")
def library(shop):
    """A dataset group of its own and its campaign."""
    group, dataset = shop.dataset("library")
    shop.settled(shop.bring_in(dataset, shop.upload("library"), "library"))
    version = shop.train(group, "aws-user-personalization", "library")
    shop.settled(version)
    campaign = shop.deploy(version, enableMetadataWithRecommendations=True)
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


@pytest.fixture(scope="module")
def bought(shop, library):
    """What buys, and the filter that leaves out what was bought."""
    group, _ = library
    personalize = shop.client("personalize")
    tracker = personalize.create_event_tracker(name="library", datasetGroupArn=group)["trackingId"]
    return tracker, create_filter(shop, group, "bought", PURCHASED)


@pytest.fixture(scope="module")
def runtimes(shop):
    """Clients of two API processes."""
    return [shop.client("personalize-runtime", address) for address in ("", shop.start("serve"))]


def test_what_was_bought_never_comes_back_in_either_process(shop, library, bought, runtimes):
    buy_and_ask(shop, library, bought, runtimes, 20)


@pytest.mark.slow
def test_what_was_bought_never_comes_back_in_a_thousand_trials(shop, library, bought, runtimes):
    buy_and_ask(shop, library, bought, runtimes, 1_000)


def buy_and_ask(shop, library, bought, runtimes, n_trials):
    """Buy an item of an answer through one of the processes, then ask both, the other first."""
    (_, campaign), (tracker, arn) = library, bought
    addresses = [runtime.meta.endpoint_url for runtime in runtimes]
    events = [shop.client("personalize-events", address) for address in addresses]
    chance = random.Random(n_trials)
    for trial in range(n_trials):
        user = f"buyer-{n_trials}-{trial % (n_trials // 5)}"
        asked = {"campaignArn": campaign, "userId": user, "numResults": 25, "filterArn": arn}
        here = trial % 2
        item = chance.choice(runtimes[here].get_recommendations(**asked)["itemList"])["itemId"]
        event = {"eventType": "PURCHASE", "itemId": item, "sentAt": int(time.time())}
        events[here].put_events(trackingId=tracker, userId=user, sessionId=user, eventList=[event])
        for runtime in (runtimes[1 - here], runtimes[here]):
            found = [one["itemId"] for one in runtime.get_recommendations(**asked)["itemList"]]
            assert len(found) == 25
            assert item not in found


def test_a_filter_made_in_one_process_works_in_the_other_at_once(shop, library, runtimes):
    group, campaign = library
    for trial in range(5):
        expression = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'
        arn = create_filter(shop, group, f"at-once-{trial}", expression)
        asked = {"campaignArn": campaign, "userId": "u1", "filterArn": arn, "numResults": 500}
        counts = {len(one.get_recommendations(**asked)["itemList"]) for one in runtimes[::-1]}
        assert len(counts) == 1
        assert 0 < counts.pop() <= 30
        shop.client("personalize").delete_filter(filterArn=arn)


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


def test_a_put_item_is_filtered_and_told_within_moments_in_both_processes(shop, library, runtimes):
    group, campaign = library
    personalize, events = shop.client("personalize"), shop.client("personalize-events")
    schema = personalize.create_schema(name="library-items", schema=ITEMS)["schemaArn"]
    dataset = personalize.create_dataset(
        name="items", schemaArn=schema, datasetGroupArn=group, datasetType="Items"
    )["datasetArn"]
    arn = create_filter(shop, group, "rare", 'INCLUDE ItemID WHERE Items.SHELF IN ("rare")')
    asked = {"campaignArn": campaign, "userId": "u1", "filterArn": arn}
    for runtime in runtimes:
        assert runtime.get_recommendations(**asked)["itemList"] == []
    for item in ("c01-2", "c07-4"):
        put = [{"itemId": item, "properties": json.dumps({"shelf": "rare|old"})}]
        events.put_items(datasetArn=dataset, items=put)
        for runtime in runtimes:
            ask = partial(shelves, runtime, asked)
            assert until(ask, lambda found, item=item: item in found)[item] == {"shelf": "rare|old"}


def shelves(runtime, asked):
    """The metadata of an answer's items."""
    found = runtime.get_recommendations(**asked, metadataColumns={"ITEMS": ["SHELF"]})["itemList"]
    return {one["itemId"]: one["metadata"] for one in found}
