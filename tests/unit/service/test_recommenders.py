import pytest

from penchant.domain.arns import Kind
from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
)

from ...schemas import avro_text

FRONT = "arn:aws:personalize:::recipe/"
PERSONAL, VIEWED = (
    f"{FRONT}aws-ecomm-recommended-for-you",
    f"{FRONT}aws-ecomm-popular-items-by-views",
)
LIKE = f"{FRONT}aws-vod-more-like-x"
EXPLORED = {"itemExplorationConfig": {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"}}
LEAST = {"minRecommendationRequestsPerSecond": 1}
EVENTS = avro_text(
    "Interactions",
    [
        *({"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID", "EVENT_TYPE")),
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "DEVICE", "type": "string", "categorical": True},
    ],
)
METRICS = {"coverage": 0.5}
WAY = (
    "CREATE PENDING",
    "CREATE IN_PROGRESS",
    "ACTIVE",
    "STOP PENDING",
    "STOP IN_PROGRESS",
    "INACTIVE",
    "START PENDING",
    "START IN_PROGRESS",
)


def excluding(*columns):
    return {"trainingDataConfig": {"excludedDatasetColumns": {"Interactions": list(columns)}}}


@pytest.fixture
def group(desk):
    group = desk.group(domain="ECOMMERCE")
    desk.dataset(group, desk.schema(schema=EVENTS, domain="ECOMMERCE"))
    return group


@pytest.fixture
def create(desk, group):
    def made(recipe=PERSONAL, name="front", into=group, **given):
        return desk.recommenders.create_recommender(
            desk.caller, name=name, dataset_group_arn=into, recipe_arn=recipe, **given
        )["recommenderArn"]

    return made


@pytest.fixture
def active(desk, create):
    """A recommender that is trained, or has come as far as its status says."""

    def made(*given, config=None, status="ACTIVE", **own):
        arn = create(*given, recommender_config=config)
        own = {"artifact": "artifacts/1", "serving": {}, "metrics": METRICS, **own}
        failed = status == "CREATE FAILED"
        for word in (*WAY[:2], status) if failed else WAY[: WAY.index(status) + 1]:
            settle(desk, arn, word, **own)
        return arn

    return made


def settle(desk, arn, status, **own):
    present = desk.stores.resources.get(arn).own
    desk.settle(arn, status, **{**present, **own})


def shown(desk, arn):
    return desk.recommenders.describe_recommender(desk.caller, recommender_arn=arn)["recommender"]


def update(desk, arn, config):
    desk.recommenders.update_recommender(
        desk.caller, recommender_arn=arn, recommender_config=config
    )


def test_a_new_one_is_pending_has_a_training_to_come_and_shows_what_was_sent(desk, create, group):
    arn = create(recommender_config=EXPLORED, tags=[{"tagKey": "team", "tagValue": "shop"}])
    assert arn == "arn:aws:personalize:eu-central-1:111111111111:recommender/front"
    found = shown(desk, arn)
    assert (found["status"], found["recommenderConfig"]) == ("CREATE PENDING", LEAST | EXPLORED)
    assert (found["datasetGroupArn"], found["recipeArn"]) == (group, PERSONAL)
    assert found["modelMetrics"] is None
    assert found["latestRecommenderUpdate"] is None
    assert desk.queue.of(arn).kind == "recommend"
    assert desk.tags.list_tags_for_resource(desk.caller, resource_arn=arn)["tags"]


def test_what_was_not_sent_is_told_as_it_is_by_default(desk, create):
    assert shown(desk, create())["recommenderConfig"] == LEAST


def test_a_trained_one_has_metrics(desk, active):
    assert shown(desk, active())["modelMetrics"] == METRICS


def test_lists_are_by_group_and_carry_recipe_and_configuration(desk, create, group):
    arn = create(recommender_config=EXPLORED)
    other = desk.group("other", domain="ECOMMERCE")
    listed = desk.recommenders.list_recommenders(desk.caller, dataset_group_arn=group)
    (one,) = listed["recommenders"]
    assert (one["recommenderArn"], one["recipeArn"], one["name"]) == (arn, PERSONAL, "front")
    assert (one["datasetGroupArn"], one["recommenderConfig"]) == (group, LEAST | EXPLORED)
    of_other = desk.recommenders.list_recommenders(desk.caller, dataset_group_arn=other)
    assert of_other["recommenders"] == []


def test_a_second_one_of_a_name_is_refused(desk, create):
    create()
    with pytest.raises(ResourceAlreadyExistsException, match="recommender/front already exists"):
        create(VIEWED)


def test_another_account_sees_nothing(desk, create):
    arn = create()
    with pytest.raises(ResourceNotFoundException):
        desk.recommenders.describe_recommender(desk.stranger, recommender_arn=arn)


@pytest.mark.parametrize(
    ("recipe", "text"),
    [
        (f"{FRONT}aws-sims", "is no recipe of a domain; call CreateSolution"),
        (LIKE, "belongs to the domain VIDEO_ON_DEMAND and .* to ECOMMERCE"),
    ],
)
def test_a_recipe_of_no_domain_or_another_is_refused(create, recipe, text):
    with pytest.raises(InvalidInputException, match=text):
        create(recipe)


def test_an_unknown_recipe_does_not_exist(create):
    with pytest.raises(ResourceNotFoundException, match="none does not exist"):
        create(f"{FRONT}none")


def test_a_group_without_a_domain_takes_none(desk, create):
    with pytest.raises(InvalidInputException, match="has no domain, so that it takes no recomm"):
        create(into=desk.group("custom"))


def test_the_datasets_that_a_use_case_needs_have_to_be_there(desk, create):
    films = desk.group("films", domain="VIDEO_ON_DEMAND")
    with pytest.raises(InvalidInputException, match="has no dataset of type INTERACTIONS"):
        create(LIKE, into=films)
    desk.dataset(films, desk.schema("seen", EVENTS, "VIDEO_ON_DEMAND"))
    with pytest.raises(InvalidInputException, match="no dataset of type ITEMS, which aws-vod-more"):
        create(LIKE, into=films)


def test_a_domain_recipe_makes_no_solution_and_is_not_chosen_among(desk, group):
    with pytest.raises(InvalidInputException, match="domain ECOMMERCE; call CreateRecommender"):
        desk.solution(group, recipe=PERSONAL)
    with pytest.raises(InvalidInputException, match="is no recipe that recommends items to users"):
        desk.solutions.create_solution(
            desk.caller,
            name="best",
            dataset_group_arn=group,
            perform_auto_ml=True,
            solution_config={"autoMLConfig": {"recipeList": [PERSONAL]}},
        )
    assert desk.solution(group)


BAD = [
    (VIEWED, EXPLORED, "popular-items-by-views takes no itemExplorationConfig"),
    (PERSONAL, {"itemExplorationConfig": {"explorationWeight": "2"}}, "explorationWeight is 2"),
    (PERSONAL, {"itemExplorationConfig": {"pace": "2"}}, "recommenderConfig: .* has no 'pace'"),
    (PERSONAL, excluding("COLOUR"), "Interactions has no column 'COLOUR'; it has USER_ID"),
    (
        PERSONAL,
        {"trainingDataConfig": {"excludedDatasetColumns": {"Items": ["PRICE"]}}},
        "recommenderConfig.trainingDataConfig.excludedDatasetColumns: .* no dataset of Items",
    ),
    (PERSONAL, excluding("ITEM_ID"), "excludedDatasetColumns: column ITEM_ID of Interactions"),
    (
        PERSONAL,
        {"trainingDataConfig": {"includedDatasetColumns": {"Interactions": ["DEVICE"]}}},
        "name the other columns in excludedDatasetColumns",
    ),
]


@pytest.mark.parametrize(("recipe", "config", "text"), BAD)
def test_a_configuration_that_does_not_fit_is_refused(desk, create, active, recipe, config, text):
    with pytest.raises(InvalidInputException, match=text):
        create(recipe, recommender_config=config)
    arn = active(recipe)
    with pytest.raises(InvalidInputException, match=text):
        update(desk, arn, config)


def test_an_update_of_what_is_answered_needs_no_training_and_stands_beside_the_old(desk, active):
    arn = active()
    update(desk, arn, EXPLORED)
    found = shown(desk, arn)
    assert found["status"] == "ACTIVE"
    assert found["recommenderConfig"] == LEAST
    assert found["latestRecommenderUpdate"]["status"] == "CREATE PENDING"
    assert found["latestRecommenderUpdate"]["recommenderConfig"] == LEAST | EXPLORED
    assert found["latestRecommenderUpdate"]["creationDateTime"] > found["creationDateTime"]
    assert (desk.queue.of(arn).kind, desk.queue.of(arn).payload) == (
        "switch-recommender",
        {"to": "update"},
    )


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, excluding("DEVICE"), "recommend"),
        (excluding("DEVICE"), {}, "recommend"),
        (excluding("DEVICE"), excluding("device"), "switch-recommender"),
        (None, excluding(), "switch-recommender"),
    ],
)
def test_only_other_columns_are_trained_on_anew(desk, active, before, after, kind):
    arn = active(config=before)
    update(desk, arn, after)
    assert desk.queue.of(arn).kind == kind


def test_columns_that_came_to_a_dataset_since_are_trained_on_too(desk, active, group):
    arn = active()
    dataset = group.replace(":dataset-group/", ":dataset/") + "/INTERACTIONS"
    settle(desk, dataset, "ACTIVE", updates=[{"columns": ["PLACE"]}])
    update(desk, arn, {})
    assert desk.queue.of(arn).kind == "recommend"
    assert desk.stores.resources.get(arn).own["datasetUpdates"] == {dataset: 1}


def test_one_that_failed_is_trained_again_by_an_update(desk, create):
    arn = create()
    settle(desk, arn, "CREATE FAILED")
    update(desk, arn, {})
    assert (desk.queue.of(arn).kind, desk.queue.of(arn).payload) == ("recommend", {"to": "update"})


def act(desk, arn, what):
    if what == "update":
        return update(desk, arn, {})
    return getattr(desk.recommenders, f"{what}_recommender")(desk.caller, recommender_arn=arn)


@pytest.mark.parametrize("what", ["update", "delete", "start", "stop"])
@pytest.mark.parametrize("status", [word for word in WAY if word not in {"ACTIVE", "INACTIVE"}])
def test_what_is_changing_is_in_use(desk, active, what, status):
    arn = active(status=status)
    with pytest.raises(ResourceInUseException, match=f"is {status}; wait until that has ended"):
        act(desk, arn, what)


@pytest.mark.parametrize("what", ["update", "delete", "start", "stop"])
def test_what_is_being_updated_is_in_use(desk, active, what):
    arn = active()
    update(desk, arn, EXPLORED)
    with pytest.raises(ResourceInUseException, match="has an update that is CREATE PENDING"):
        act(desk, arn, what)


@pytest.mark.parametrize(
    ("what", "status", "text"),
    [
        ("start", "ACTIVE", "is ACTIVE; it can be started when it is INACTIVE"),
        ("start", "CREATE FAILED", "can be started when it is INACTIVE"),
        ("stop", "INACTIVE", "is INACTIVE; it can be stopped when it is ACTIVE"),
        ("update", "INACTIVE", "it can be updated when it is ACTIVE or CREATE FAILED"),
    ],
)
def test_what_a_status_does_not_allow_is_refused(desk, active, what, status, text):
    arn = active(status=status)
    with pytest.raises(InvalidInputException, match=text):
        act(desk, arn, what)


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [("stop", "ACTIVE", "STOP PENDING"), ("start", "INACTIVE", "START PENDING")],
)
def test_stopping_and_starting_are_queued(desk, active, what, before, after):
    arn = active(status=before)
    assert act(desk, arn, what) == {"recommenderArn": arn}
    assert shown(desk, arn)["status"] == after
    assert desk.queue.of(arn).payload == {"to": what}


def test_a_deleted_one_is_gone_with_its_models_and_its_name_is_free(desk, active, create, group):
    renewal = {"artifact": "artifacts/2", "former": "artifacts/3"}
    arn = active(status="INACTIVE", former="artifacts/0", renewal=renewal)
    act(desk, arn, "delete")
    paths = desk.queue.of(arn).payload["paths"]
    assert sorted(paths) == [f"artifacts/{n}" for n in range(4)]
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {arn} does not exist."):
        shown(desk, arn)
    assert create() == arn


def test_a_dataset_stays_while_a_recommender_learns_from_it(desk, create, group):
    arn = create()
    dataset = desk.stores.resources.children(group, Kind.DATASET)[0]
    with pytest.raises(ResourceInUseException, match=f"{arn} is CREATE PENDING"):
        desk.datasets.delete_dataset(desk.caller, dataset_arn=dataset.arn)
