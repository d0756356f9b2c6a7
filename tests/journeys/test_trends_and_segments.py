"""Trending items that follow what happens, and users found for items."""

import time

import pytest
from botocore.exceptions import ClientError

from ..schemas import avro_text
from ..waiting import until

ITEMS = avro_text(
    "Items",
    [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "CHAIN", "type": ["null", "string"], "categorical": True},
    ],
)
SEGMENT_METRICS = {"coverage", "hits_at_1_percent", "recall_at_1_percent"}


@pytest.fixture(scope="module")
def club(shop):
    """A dataset group of its own, whose items have attributes."""
    group, dataset = shop.dataset("club")
    personalize = shop.client("personalize")
    schema = personalize.create_schema(name="club-items", schema=ITEMS)["schemaArn"]
    items = personalize.create_dataset(
        name="club-items", schemaArn=schema, datasetGroupArn=group, datasetType="Items"
    )["datasetArn"]
    lines = ["ITEM_ID,CHAIN", *(f"c{c:02}-{n},chain {c % 3}" for c in range(30) for n in range(6))]
    shop.client("s3").put_object(Bucket="shop", Key="items.csv", Body="\n".join(lines).encode())
    jobs = [
        shop.bring_in(dataset, "s3://shop/plays.csv", "club-plays"),
        shop.bring_in(items, "s3://shop/items.csv", "club-items"),
    ]
    for job in jobs:
        shop.settled(job)
    return group


@pytest.fixture(scope="module")
def versions(shop, club):
    """A solution version of each recipe, ACTIVE."""
    names = ("aws-trending-now", "aws-item-affinity", "aws-item-attribute-affinity")
    made = {name: shop.train(club, name, f"club-{name}") for name in names}
    for version in made.values():
        shop.settled(version)
    return made


def metrics(shop, version):
    found = shop.client("personalize").get_solution_metrics(solutionVersionArn=version)
    return found["metrics"]


def test_what_many_people_just_did_leads_the_trends(shop, club, versions):
    campaign = shop.deploy(versions["aws-trending-now"])
    shop.settled(campaign)
    runtime = shop.client("personalize-runtime")
    before = runtime.get_recommendations(campaignArn=campaign, numResults=5)["itemList"]
    assert len(before) == 5
    assert all(item.keys() == {"itemId"} for item in before)
    tracker = shop.client("personalize").create_event_tracker(name="club", datasetGroupArn=club)
    for n in range(8):
        shop.client("personalize-events").put_events(
            trackingId=tracker["trackingId"],
            userId=f"guest {n}",
            sessionId=f"session {n}",
            eventList=[{"eventType": "watch", "itemId": "the-new-hit", "sentAt": time.time()}],
        )
    until(
        lambda: runtime.get_recommendations(campaignArn=campaign, numResults=1)["itemList"],
        lambda items: items == [{"itemId": "the-new-hit"}],
        every_s=0.2,
    )


def test_metrics_tell_how_well_trends_are_foretold(shop, versions):
    assert 0 <= metrics(shop, versions["aws-trending-now"])["trend_prediction_accuracy"] <= 1


@pytest.mark.parametrize("recipe", ["aws-item-affinity", "aws-item-attribute-affinity"])
def test_segments_are_measured_and_not_deployed(shop, versions, recipe):
    found = metrics(shop, versions[recipe])
    assert set(found) == SEGMENT_METRICS
    assert found["hits_at_1_percent"] > 0
    with pytest.raises(ClientError, match="cannot be deployed in a campaign") as refusal:
        shop.deploy(versions[recipe], "impossible")
    assert refusal.value.response["Error"]["Code"] == "InvalidInputException"
