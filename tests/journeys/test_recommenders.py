"""Domain dataset groups: recommenders of a shop and of a film library, from data to answers."""

import time

import pytest

from ..schemas import avro_text
from ..waiting import until

FRONT = "arn:aws:personalize:::recipe/aws-"
N_CHAINS, LENGTH = 30, 6


NAMES = ("USER_ID", "ITEM_ID", "EVENT_TYPE")
SCHEMA = avro_text(
    "Interactions",
    [
        *({"name": name, "type": "string"} for name in NAMES),
        {"name": "TIMESTAMP", "type": "long"},
    ],
)


def walks(kind, last, n_users=50):
    """Users walk along five of 30 chains of six items; the last step is of the type `last`."""
    lines = ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"]
    for user in range(n_users):
        moment = 1_700_000_000 + 17 * user
        for walk in range(5):
            chain = (user * 7 + walk * (1 + user % 11)) % N_CHAINS
            for step in range(LENGTH):
                event = last if step == LENGTH - 1 else kind
                lines.append(f"u{user},c{chain:02}-{step},{event},{moment}")
                moment += 60
    return "\n".join(lines).encode()


def domain_group(shop, name, domain, content):
    """A dataset group of a domain with its interactions imported."""
    personalize, s3 = shop.client("personalize"), shop.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="visits.csv", Body=content)
    schema = personalize.create_schema(name=name, schema=SCHEMA, domain=domain)["schemaArn"]
    made = personalize.create_dataset_group(name=name, domain=domain)
    assert made["domain"] == domain
    group = made["datasetGroupArn"]
    dataset = personalize.create_dataset(
        name=name, schemaArn=schema, datasetGroupArn=group, datasetType="Interactions"
    )["datasetArn"]
    shop.settled(shop.bring_in(dataset, f"s3://{name}/visits.csv", name))
    return group


def create(shop, group, recipe, **config):
    made = shop.client("personalize").create_recommender(
        name=recipe, datasetGroupArn=group, recipeArn=FRONT + recipe, **config
    )
    return made["recommenderArn"]


@pytest.fixture(scope="module")
def boutique(shop):
    """The group of a shop, and its recommenders."""
    group = domain_group(shop, "boutique", "ECOMMERCE", walks("View", "purchase"))
    names = ("ecomm-recommended-for-you", "ecomm-customers-who-viewed-x-also-viewed")
    arns = [create(shop, group, name) for name in names]
    for arn in arns:
        shop.settled(arn)
    return group, *arns


def ask(shop, arn, n=10, **asked):
    found = shop.client("personalize-runtime").get_recommendations(
        recommenderArn=arn, numResults=n, **asked
    )["itemList"]
    assert all(set(item) <= {"itemId"} for item in found)
    return [item["itemId"] for item in found]


def put(shop, group, user, kind, *items):
    tracker = shop.client("personalize").list_event_trackers(datasetGroupArn=group)
    if not tracker["eventTrackers"]:
        made = shop.client("personalize").create_event_tracker(
            name=group.rsplit("/", 1)[1], datasetGroupArn=group
        )
        tracking_id = made["trackingId"]
    else:
        arn = tracker["eventTrackers"][0]["eventTrackerArn"]
        described = shop.client("personalize").describe_event_tracker(eventTrackerArn=arn)
        tracking_id = described["eventTracker"]["trackingId"]
    events = [
        {"eventType": kind, "itemId": item, "sentAt": int(time.time()) + place}
        for place, item in enumerate(items)
    ]
    shop.client("personalize-events").put_events(
        trackingId=tracking_id, userId=user, sessionId=user, eventList=events
    )


def way_to(shop, arn, status):
    """The statuses that are seen until one comes, in order."""
    seen = []

    def look():
        seen.append(shop.describe(arn)["status"])
        return seen[-1]

    until(look, lambda found: found == status)
    return seen


def test_recommended_for_you_knows_the_next_item_and_leaves_out_what_was_bought(shop, boutique):
    group, personal, _ = boutique
    metrics = shop.describe(personal)["modelMetrics"]
    assert metrics["mean_reciprocal_rank_at_25"] > 0.1
    put(shop, group, "new", "View", "c04-0", "c04-1", "c04-2")
    assert "c04-3" in ask(shop, personal, userId="new")[:3]
    put(shop, group, "new", "PURCHASE", "c04-3")
    assert "c04-3" not in ask(shop, personal, 180, userId="new")
    bought = {f"c{(7 + walk * 2) % N_CHAINS:02}-5" for walk in range(5)}
    assert not bought & set(ask(shop, personal, 180, userId="u1"))


def test_customers_who_viewed_an_item_viewed_its_neighbours(shop, boutique):
    _, _, viewed = boutique
    found = ask(shop, viewed, 3, itemId="c09-1", userId="stranger")
    assert {item[:3] for item in found} == {"c09"}


def test_one_is_stopped_and_started_again_with_the_model_it_had(shop, boutique):
    _, _, viewed = boutique
    personalize, runtime = shop.client("personalize"), shop.client("personalize-runtime")
    before = ask(shop, viewed, itemId="c09-1", userId="stranger")
    personalize.stop_recommender(recommenderArn=viewed)
    assert way_to(shop, viewed, "INACTIVE")[0] in {"STOP PENDING", "STOP IN_PROGRESS", "INACTIVE"}

    def refused():
        try:
            ask(shop, viewed, itemId="c09-1", userId="stranger")
        except runtime.exceptions.InvalidInputException as error:
            return str(error)
        return ""

    assert "call StartRecommender" in until(refused)
    personalize.start_recommender(recommenderArn=viewed)
    way_to(shop, viewed, "ACTIVE")
    assert ask(shop, viewed, itemId="c09-1", userId="stranger") == before


def test_an_update_of_the_exploration_comes_into_force_beside_the_answers(shop, boutique):
    _, personal, _ = boutique
    explored = {"explorationWeight": "0", "explorationItemAgeCutOff": "9"}
    config = {"itemExplorationConfig": explored, "minRecommendationRequestsPerSecond": 1}
    shop.client("personalize").update_recommender(recommenderArn=personal, recommenderConfig=config)
    found = until(
        lambda: shop.describe(personal),
        lambda one: one["latestRecommenderUpdate"]["status"] == "ACTIVE",
    )
    assert (found["status"], found["recommenderConfig"]) == ("ACTIVE", config)


def test_a_group_stays_while_it_has_recommenders(shop, boutique):
    personalize = shop.client("personalize")
    with pytest.raises(personalize.exceptions.ResourceInUseException):
        personalize.delete_dataset_group(datasetGroupArn=boutique[0])


def test_top_picks_of_a_film_library(shop):
    group = domain_group(shop, "cinema", "VIDEO_ON_DEMAND", walks("click", "watch"))
    arn = create(shop, group, "vod-top-picks")
    assert shop.settled(arn)["modelMetrics"]["coverage"] > 0
    put(shop, group, "new", "Click", "c04-0", "c04-1", "c04-2", "c04-3")
    assert "c04-4" in ask(shop, arn, userId="new")[:3]
    put(shop, group, "new", "Watch", "c04-4")
    assert "c04-4" not in ask(shop, arn, 180, userId="new")
    shop.client("personalize").delete_recommender(recommenderArn=arn)
    listed = shop.client("personalize").list_recommenders(datasetGroupArn=group)["recommenders"]
    assert listed == []
