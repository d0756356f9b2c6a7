"""What an installation does without being asked: trainings, deployments, new items and columns."""

import json
import threading

import pytest

from ..schemas import avro_text
from ..waiting import until

DELAY_S = 2
POPULARITY = "arn:aws:personalize:::recipe/aws-popularity-count"
MEANING = "arn:aws:personalize:::recipe/aws-semantic-similarity"
THINGS = {"soup": "tomato soup spoon kitchen", "boot": "leather boot shoe mountain"}
COLUMNS = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TITLE", "type": "string", "itemName": True},
    {"name": "DESCRIPTION", "type": "string", "textual": True},
]
PRICE = {"name": "PRICE", "type": ["null", "float"]}


@pytest.fixture(scope="module")
def house(fresh):
    """An installation that is quick to train by itself and to take in new items."""
    installation = fresh()
    installation.up(auto_training_delay_s=str(DELAY_S), incremental_update_s="1")
    return installation


@pytest.fixture(scope="module")
def group(house):
    group, dataset = house.dataset("crowd")
    house.settled(house.bring_in(dataset, house.upload()))
    return group


def schema(house, name, *columns):
    text = avro_text("Items", columns)
    return house.client("personalize").create_schema(name=name, schema=text)["schemaArn"]


def test_a_solution_trains_itself_and_its_campaign_follows_without_a_dropped_answer(house, group):
    personalize = house.client("personalize")
    solution = personalize.create_solution(
        name="self", datasetGroupArn=group, recipeArn=POPULARITY
    )["solutionArn"]
    listed = lambda: personalize.list_solution_versions(  # noqa: E731
        solutionArn=solution
    )["solutionVersions"]
    (first,) = until(listed)
    assert (first["trainingType"], first["trainingMode"]) == ("AUTOMATIC", "AUTOTRAIN")
    house.settled(first["solutionVersionArn"])
    campaign = house.deploy(f"{solution}/$LATEST", "self", syncWithLatestSolutionVersion=True)
    assert house.settled(campaign)["solutionVersionArn"] == first["solutionVersionArn"]

    with Listener(house, campaign) as listener:
        second = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        until(lambda: house.describe(campaign)["solutionVersionArn"] == second)
    assert listener.n_answers > 5
    assert listener.failures == []
    update = house.describe(campaign)["latestCampaignUpdate"]
    assert (update["solutionVersionArn"], update["status"]) == (second, "ACTIVE")
    assert len(listed()) == 2

    personalize.update_solution(solutionArn=solution, performAutoTraining=False)
    told = house.describe(solution)
    assert told["performAutoTraining"] is False
    assert told["latestSolutionUpdate"]["status"] == "ACTIVE"


class Listener:
    """Asks a campaign again and again, and keeps what goes wrong."""

    def __init__(self, house, campaign):
        self.n_answers = 0
        self.failures = []
        self._runtime = house.client("personalize-runtime")
        self._campaign = campaign
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.wait(1)
        self._ended.set()
        self._thread.join()

    def _listen(self):
        while not self._ended.is_set():
            try:
                found = self._runtime.get_recommendations(campaignArn=self._campaign, userId="u1")
                assert len(found["itemList"]) == 25
                self.n_answers += 1
            except Exception as error:  # noqa: BLE001  # whatever it is, it counts
                self.failures.append(error)


def test_new_items_are_found_by_meaning_and_new_columns_are_taken(house):
    personalize, events = house.client("personalize"), house.client("personalize-events")
    group = personalize.create_dataset_group(name="things")["datasetGroupArn"]
    items = personalize.create_dataset(
        name="things",
        schemaArn=schema(house, "things", *COLUMNS),
        datasetGroupArn=group,
        datasetType="Items",
    )["datasetArn"]
    for kind, text in THINGS.items():
        put(events, items, [(f"{kind}{n}", text) for n in range(10)])
    solution = personalize.create_solution(
        name="meaning", datasetGroupArn=group, recipeArn=MEANING, performAutoTraining=False
    )["solutionArn"]
    version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    house.settled(version)
    campaign = house.deploy(version, "meaning")
    house.settled(campaign)

    wider = schema(house, "things-with-prices", *COLUMNS, PRICE)
    personalize.update_dataset(datasetArn=items, schemaArn=wider)
    update = house.describe(items)["latestDatasetUpdate"]
    assert (update["schemaArn"], update["status"]) == (wider, "ACTIVE")
    personalize.update_solution(solutionArn=solution, performIncrementalUpdate=True)
    put(events, items, [("new", THINGS["boot"])], price=3.5)

    runtime = house.client("personalize-runtime")

    def related():
        found = runtime.get_recommendations(campaignArn=campaign, itemId="boot1", numResults=15)
        return [one["itemId"] for one in found["itemList"]]

    until(lambda: "new" in related())
    assert all(one.startswith(("boot", "new")) for one in related()[:10])


def put(events, dataset, things, **more):
    events.put_items(
        datasetArn=dataset,
        items=[
            {
                "itemId": name,
                "properties": json.dumps({"title": name, "description": text, **more}),
            }
            for name, text in things
        ],
    )
