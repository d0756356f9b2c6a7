"""A campaign goes on answering while it changes to another version."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..waiting import until
from .conftest import planted

N_CLIENTS = 4
AFTERWARDS_S = 1.5


@pytest.fixture(scope="module")
def versions(shop):
    """A version of items c..., and one of the same solution whose items are d..."""
    group, dataset = shop.dataset("loaded")
    shop.settled(shop.bring_in(dataset, shop.upload("loaded"), "loaded-first"))
    first = shop.train(group, "aws-popularity-count", "loaded")
    shop.settled(first)
    body = planted(120).replace(b",c", b",d")
    shop.client("s3").put_object(Bucket="loaded", Key="second.csv", Body=body)
    shop.settled(shop.bring_in(dataset, "s3://loaded/second.csv", "loaded-second"))
    solution = first.rpartition("/")[0]
    second = shop.client("personalize").create_solution_version(solutionArn=solution)
    shop.settled(second["solutionVersionArn"])
    return group, first, second["solutionVersionArn"]


def test_no_request_fails_and_no_answer_mixes_versions(shop, versions):
    group, first, second = versions
    campaign = shop.deploy(first, "loaded")
    shop.settled(campaign)
    personalize = shop.client("personalize")
    seen = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")'
    given = {"name": "loaded", "datasetGroupArn": group, "filterExpression": seen}
    asked = {
        "campaignArn": campaign,
        "userId": "u1",
        "filterArn": personalize.create_filter(**given)["filterArn"],
    }
    stop = threading.Event()
    clients = [shop.client("personalize-runtime") for _ in range(N_CLIENTS)]
    with ThreadPoolExecutor(N_CLIENTS) as threads:
        loads = [threads.submit(load, client, asked, stop) for client in clients]
        began = time.monotonic()
        try:
            time.sleep(AFTERWARDS_S)
            personalize.update_campaign(campaignArn=campaign, solutionVersionArn=second)
            wait_for_update(shop, campaign)
            time.sleep(AFTERWARDS_S)
        finally:
            stop.set()
        took_s = time.monotonic() - began
        answers = [one.result() for one in loads]
    print(f"{sum(map(len, answers)) / took_s:.0f} requests a second")
    for kinds in answers:
        assert set(kinds) == {"c", "d"}
        assert sorted(kinds) == kinds  # never back to the former version


def load(client, asked, stop):
    """Ask until it is over; the first letter of each answer's items, which must be one letter."""
    kinds = []
    while not stop.is_set():
        items = client.get_recommendations(**asked)["itemList"]
        assert len(items) == 25
        (kind,) = {one["itemId"][0] for one in items}
        kinds.append(kind)
    return kinds


def wait_for_update(shop, campaign):
    update = until(
        lambda: shop.describe(campaign)["latestCampaignUpdate"],
        lambda one: one["status"] in {"ACTIVE", "CREATE FAILED"},
        every_s=0.1,
    )
    assert update["status"] == "ACTIVE", update
