"""From actions in a CSV to the next best action, with nothing but boto3."""

import json
import random
import time

import pytest
from botocore.exceptions import ClientError

from ..schemas import avro_text

DAY_S = 86_400
N_USERS = 120
TEXT, NUMBER = {"type": "string"}, {"type": ["null", "long"]}
SCHEMAS = {
    "Actions": {
        "ACTION_ID": TEXT,
        "VALUE": NUMBER,
        "KIND": {"type": ["null", "string"], "categorical": True},
        "EXPIRATION_TIMESTAMP": NUMBER,
        "REPEAT_FREQUENCY": NUMBER,
    },
    "ActionInteractions": {
        "USER_ID": TEXT,
        "ACTION_ID": TEXT,
        "EVENT_TYPE": TEXT,
        "TIMESTAMP": {"type": "long"},
    },
}
TYPES = {"Actions": "Actions", "ActionInteractions": "Action_Interactions"}


def schema_of(record):
    fields = [{"name": name, **kind} for name, kind in SCHEMAS[record].items()]
    return avro_text(record, fields)


def csv(header, rows):
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]).encode()


def actions(now):
    """Two that each half of the users take, one that nobody was shown, one that has expired."""
    rows = [
        ("tea-club", 5, "tea", "", 7),
        ("coffee-club", 5, "coffee", "", 7),
        ("newsletter", 1, "mail", "", ""),
        ("autumn-sale", 10, "mail", now - DAY_S, ""),
    ]
    return csv("ACTION_ID,VALUE,KIND,EXPIRATION_TIMESTAMP,REPEAT_FREQUENCY", rows)


def drinks(now):
    """Even users have teas, odd ones coffees, twelve each over forty days."""
    chance = random.Random(1)
    rows = [
        (f"u{user}", f"{'coffee' if user % 2 else 'tea'}-{chance.randrange(10)}", moment, "buy")
        for user in range(N_USERS)
        for moment in sorted(now - chance.randrange(DAY_S, 40 * DAY_S) for _ in range(12))
    ]
    return csv("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", rows)


def answers(now):
    """Up to nine days ago users took their club's card and declined the other one."""
    chance = random.Random(2)
    clubs = ("tea-club", "coffee-club")
    rows = []
    for user in range(N_USERS):
        for _ in range(3):
            moment = now - chance.randrange(9 * DAY_S, 40 * DAY_S)
            rows.append((f"u{user}", clubs[user % 2], "Taken", moment))
            rows.append((f"u{user}", clubs[1 - user % 2], "Not taken", moment + 3600))
        rows.append((f"u{user}", "autumn-sale", "Viewed", now - 30 * DAY_S))
    return csv("USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP", rows)


class Club:
    """A dataset group with actions, in an installation."""

    def __init__(self, shop, now):
        self.shop = shop
        self.group, interactions = shop.dataset("gym")
        self.personalize = shop.client("personalize")
        shop.client("s3").create_bucket(Bucket="club")
        self.datasets = {record: self.dataset(record) for record in SCHEMAS}
        self.bring_in("drinks", interactions, drinks(now))
        self.bring_in("actions", self.datasets["Actions"], actions(now))
        self.bring_in("answers", self.datasets["ActionInteractions"], answers(now))

    def dataset(self, record):
        schema = self.personalize.create_schema(name=record, schema=schema_of(record))
        return self.personalize.create_dataset(
            name=record,
            schemaArn=schema["schemaArn"],
            datasetGroupArn=self.group,
            datasetType=TYPES[record],
        )["datasetArn"]

    def bring_in(self, name, dataset, body):
        self.shop.client("s3").put_object(Bucket="club", Key=name + ".csv", Body=body)
        self.shop.settled(self.shop.bring_in(dataset, f"s3://club/{name}.csv", name=name))


@pytest.fixture(scope="module")
def now():
    return int(time.time())


@pytest.fixture(scope="module")
def club(shop, now):
    return Club(shop, now)


@pytest.fixture(scope="module")
def version(shop, club):
    arn = shop.train(
        club.group,
        "aws-next-best-action",
        featureTransformationParameters={"action_optimization_period": "10"},
    )
    shop.settled(arn)
    return arn


@pytest.fixture(scope="module")
def campaign(shop, version):
    arn = shop.deploy(version)
    shop.settled(arn)
    return arn


@pytest.fixture(scope="module")
def tracking_id(shop, club):
    return shop.describe(club.datasets["ActionInteractions"])["trackingId"]


def recommended(shop, campaign, user, **members):
    answer = shop.client("personalize-runtime").get_action_recommendations(
        campaignArn=campaign, userId=user, **members
    )
    assert answer["recommendationId"]
    return {one["actionId"]: one["score"] for one in answer["actionList"]}


def test_metrics_tell_whether_actions_were_foreseen(shop, version):
    metrics = shop.client("personalize").get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert metrics.keys() >= {"coverage", "precision", "recall", "area_under_curve"}
    assert metrics["area_under_curve"] > 0.8


def test_users_are_recommended_what_they_are_likely_to_take(shop, campaign):
    for user, club, other in (("u4", "tea-club", "coffee-club"), ("u5", "coffee-club", "tea-club")):
        found = recommended(shop, campaign, user)
        assert next(iter(found)) == club
        assert 0.2 < found[club] < 1
        assert found[other] < found[club] / 2


def test_an_expired_action_is_not_recommended_and_a_new_one_has_no_score_yet(shop, campaign):
    found = recommended(shop, campaign, "u4")
    assert "autumn-sale" not in found
    assert found["newsletter"] == 0.0


def test_an_action_just_taken_waits_for_its_repetition(shop, campaign, tracking_id):
    assert "tea-club" in recommended(shop, campaign, "u6")
    shop.client("personalize-events").put_action_interactions(
        trackingId=tracking_id,
        actionInteractions=[
            {
                "actionId": "tea-club",
                "userId": "u6",
                "sessionId": "s6",
                "timestamp": time.time(),
                "eventType": "Taken",
            }
        ],
    )
    assert "tea-club" not in recommended(shop, campaign, "u6")
    assert "tea-club" in recommended(shop, campaign, "u8")


def test_a_stranger_s_clicks_tell_the_action(shop, club, campaign):
    tracker = shop.client("personalize").create_event_tracker(
        name="gym", datasetGroupArn=club.group
    )["trackingId"]
    shop.client("personalize-events").put_events(
        trackingId=tracker,
        userId="stranger",
        sessionId="s",
        eventList=[
            {"eventType": "buy", "itemId": f"coffee-{n}", "sentAt": time.time() - n}
            for n in range(8)
        ],
    )
    found = recommended(shop, campaign, "stranger")
    assert found["coffee-club"] > found["tea-club"]


def test_no_more_actions_come_than_are_asked_for(shop, campaign):
    assert len(recommended(shop, campaign, "u4", numResults=1)) == 1
    assert recommended(shop, campaign, "u4", numResults=0) == {}


def test_the_campaign_recommends_no_items(shop, campaign):
    with pytest.raises(ClientError, match="recommends actions; call GetActionRecommendations"):
        shop.client("personalize-runtime").get_recommendations(campaignArn=campaign, userId="u4")


def test_an_action_that_was_put_is_recommended_after_the_next_training(shop, club):
    events = shop.client("personalize-events")
    properties = json.dumps({"value": "9", "kind": "tea", "repeatFrequency": 3})
    events.put_actions(
        datasetArn=club.datasets["Actions"],
        actions=[{"actionId": "tasting", "properties": properties}],
    )
    with pytest.raises(ClientError, match="the column VALUE is 11; give a number from 1 to 10"):
        events.put_actions(
            datasetArn=club.datasets["Actions"],
            actions=[{"actionId": "tasting", "properties": '{"value": 11}'}],
        )
    solution = shop.client("personalize").list_solutions(datasetGroupArn=club.group)["solutions"][0]
    version = shop.client("personalize").create_solution_version(
        solutionArn=solution["solutionArn"]
    )["solutionVersionArn"]
    shop.settled(version)
    campaign = shop.deploy(version, name="later")
    shop.settled(campaign)
    assert recommended(shop, campaign, "u4")["tasting"] == 0.0
