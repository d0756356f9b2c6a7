"""Batch inference and batch segment jobs on the control plane."""

import json

import pytest

from penchant.domain import statuses
from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from penchant.service.batch_inference_jobs import BatchInferenceJobOperations
from penchant.service.batch_segment_jobs import BatchSegmentJobOperations

from ...schemas import avro

RECIPE = "arn:aws:personalize:::recipe/aws-"
ROLE = "arn:aws:iam::111111111111:role/batch"
INPUT, OUTPUT = "s3://shop/in/users.json", "s3://shop/out/"
THEMES = {"fieldsForThemeGeneration": {"itemName": "Title"}}
ITEMS = avro(
    "Items",
    [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TITLE", "type": "string"},
        {"name": "PRICE", "type": "float"},
    ],
)
USERS = {
    **ITEMS,
    "name": "Users",
    "fields": [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"}],
}


class Office:
    """The control plane with solution versions, and jobs over them."""

    def __init__(self, desk):
        self.desk = desk
        self.inference = BatchInferenceJobOperations(desk.ledger)
        self.segment = BatchSegmentJobOperations(desk.ledger)
        self.group = desk.group()
        desk.dataset(self.group, desk.schema())
        for name, schema in (("Items", ITEMS), ("Users", USERS)):
            self.dataset(name, schema)

    def dataset(self, name, schema):
        arn = self.desk.schemas.create_schema(
            self.desk.caller, name=name, schema=json.dumps(schema)
        )["schemaArn"]
        self.desk.datasets.create_dataset(
            self.desk.caller,
            name=name,
            schema_arn=arn,
            dataset_group_arn=self.group,
            dataset_type=name,
        )

    def version(self, recipe="popularity-count", *, active=True):
        solution = self.desk.solution(self.group, recipe, RECIPE + recipe)
        return self.desk.version(solution, active=active)

    def filter(self, expression, name="some", group=None):
        return self.desk.filters.create_filter(
            self.desk.caller,
            name=name,
            dataset_group_arn=group or self.group,
            filter_expression=expression,
        )["filterArn"]

    def ask(self, version, name="nightly", source=INPUT, target=OUTPUT, **given):
        return self.inference.create_batch_inference_job(
            self.desk.caller, **_job(version, name, source, target), **given
        )["batchInferenceJobArn"]

    def ask_segment(self, version, name="nightly", source=INPUT, target=OUTPUT, **given):
        return self.segment.create_batch_segment_job(
            self.desk.caller, **_job(version, name, source, target), **given
        )["batchSegmentJobArn"]

    def described(self, arn):
        return self.inference.describe_batch_inference_job(
            self.desk.caller, batch_inference_job_arn=arn
        )["batchInferenceJob"]


def _job(version, name, source, target):
    return {
        "job_name": name,
        "solution_version_arn": version,
        "job_input": {"s3DataSource": {"path": source}},
        "job_output": {"s3DataDestination": {"path": target}},
        "role_arn": ROLE,
    }


@pytest.fixture
def office(desk):
    return Office(desk)


def test_a_job_waits_for_a_worker_and_is_described_as_it_was_sent(office):
    version = office.version("user-personalization")
    config = {"itemExplorationConfig": {"explorationWeight": "0.1"}}
    arn = office.ask(version, num_results=7, batch_inference_job_config=config)
    assert arn.endswith(":batch-inference-job/nightly")
    job = office.described(arn)
    assert job["status"] == "CREATE PENDING"
    assert job["jobInput"] == {"s3DataSource": {"path": INPUT}}
    assert (job["numResults"], job["batchInferenceJobConfig"]) == (7, config)
    assert job["batchInferenceJobMode"] == "BATCH_INFERENCE"
    assert not job.keys() & {"filterArn", "themeGenerationConfig"}
    assert office.desk.queue.of(arn).kind == "batch-inference"


def test_a_segment_job_waits_for_a_worker_and_is_described_as_it_was_sent(office):
    version = office.version("item-affinity")
    arn = office.ask_segment(version, num_results=5_000_000)
    job = office.segment.describe_batch_segment_job(office.desk.caller, batch_segment_job_arn=arn)
    assert job["batchSegmentJob"]["batchSegmentJobArn"] == arn
    assert job["batchSegmentJob"]["numResults"] == 5_000_000
    assert office.desk.queue.of(arn).kind == "batch-segment"


def test_jobs_are_listed_by_version_newest_first(office):
    one, other = office.version(), office.version("similar-items")
    arns = [office.ask(one, f"job-{n}") for n in range(2)]
    office.ask(other, "else")
    caller = office.desk.caller
    found = office.inference.list_batch_inference_jobs(caller, solution_version_arn=one)
    assert [job["batchInferenceJobArn"] for job in found["batchInferenceJobs"]] == arns[::-1]
    assert found["batchInferenceJobs"][0]["solutionVersionArn"] == one
    assert found["batchInferenceJobs"][0]["batchInferenceJobMode"] == "BATCH_INFERENCE"
    assert len(office.inference.list_batch_inference_jobs(caller)["batchInferenceJobs"]) == 3
    assert office.segment.list_batch_segment_jobs(caller)["batchSegmentJobs"] == []


def test_a_job_s_name_is_given_once(office):
    version = office.version()
    office.ask(version)
    with pytest.raises(ResourceAlreadyExistsException):
        office.ask(version)


def test_jobs_of_strangers_are_not_there(office):
    arn = office.ask(office.version())
    with pytest.raises(ResourceNotFoundException):
        office.inference.describe_batch_inference_job(
            office.desk.stranger, batch_inference_job_arn=arn
        )


def test_a_version_in_training_is_in_use_and_a_failed_one_is_refused(office):
    version = office.version(active=False)
    with pytest.raises(ResourceInUseException, match="wait until it is ACTIVE"):
        office.ask(version)
    office.desk.settle(version, statuses.CREATE_FAILED)
    with pytest.raises(InvalidInputException, match="is CREATE FAILED"):
        office.ask(version)


@pytest.mark.parametrize(
    ("recipe", "advice"),
    [
        ("trending-now", "call GetRecommendations"),
        ("next-best-action", "call GetActionRecommendations"),
        ("item-affinity", "call CreateBatchSegmentJob"),
    ],
)
def test_recipes_that_answer_elsewhere_are_refused(office, recipe, advice):
    with pytest.raises(InvalidInputException, match=advice):
        office.ask(office.version(recipe))


def test_a_recipe_of_items_finds_no_segments(office):
    with pytest.raises(InvalidInputException, match="POPULAR_ITEMS and finds no users"):
        office.ask_segment(office.version())


@pytest.mark.parametrize(
    ("source", "target", "text"),
    [
        (INPUT, "s3://shop/out", "Invalid S3 output path: 's3://shop/out' does not end in '/'"),
        ("s3://shop/out", OUTPUT, "Invalid S3 output path: .* is the input path too"),
        ("s3://shop/out/", OUTPUT, "Invalid S3 output path: .* is the input path too"),
        ("https://shop/in", OUTPUT, "Invalid S3 input path: 'https://shop/in'"),
        (INPUT, "s3:///out/", "Invalid S3 output path: 's3:///out/'"),
    ],
)
def test_places_that_cannot_be_read_or_written_are_refused(office, source, target, text):
    with pytest.raises(InvalidInputException, match=text):
        office.ask(office.version(), source=source, target=target)
    with pytest.raises(InvalidInputException, match=text):
        office.ask_segment(office.version("item-affinity"), source=source, target=target)


@pytest.mark.parametrize("number", [0, -1, 501])
def test_a_line_has_from_1_to_500_items(office, number):
    with pytest.raises(InvalidInputException, match=f"numResults is {number}; .* from 1 to 500"):
        office.ask(office.version(), num_results=number)


def test_a_segment_has_at_most_five_million_users(office):
    with pytest.raises(InvalidInputException, match="from 1 to 5000000"):
        office.ask_segment(office.version("item-affinity"), num_results=5_000_001)


@pytest.mark.parametrize(
    ("recipe", "config", "text"),
    [
        ("popularity-count", {"itemExplorationConfig": {"a": "1"}}, "takes no itemExplorationCon"),
        ("sims", {"rankingInfluence": {"POPULARITY": 0.5}}, "takes no rankingInfluence"),
        ("user-personalization", {"itemExplorationConfig": {"weight": "1"}}, "has no 'weight'"),
        (
            "user-personalization",
            {"itemExplorationConfig": {"explorationWeight": "2"}},
            "explorationWeight is 2",
        ),
    ],
)
def test_a_config_that_is_not_the_recipe_s_is_refused(office, recipe, config, text):
    with pytest.raises(InvalidInputException, match=f"batchInferenceJobConfig: .*{text}"):
        office.ask(office.version(recipe), batch_inference_job_config=config)


def test_influences_have_a_range(office):
    config = {"rankingInfluence": {"FRESHNESS": 1.5}}
    with pytest.raises(InvalidInputException, match=r"FRESHNESS is 1\.5; take 0 to 1"):
        office.ask(office.version("semantic-similarity"), batch_inference_job_config=config)


def test_themes_are_made_of_similar_items_by_the_column_of_names(office):
    version = office.version("similar-items")
    mode = {"batch_inference_job_mode": "THEME_GENERATION"}
    arn = office.ask(version, theme_generation_config=THEMES, **mode)
    assert office.described(arn)["themeGenerationConfig"] == THEMES
    for column in ("PRICE", "STORY"):
        config = {"fieldsForThemeGeneration": {"itemName": column}}
        with pytest.raises(InvalidInputException, match=f"no column '{column}' of texts; .*TITLE"):
            office.ask(version, "other", theme_generation_config=config, **mode)


def test_themes_need_mode_config_and_recipe_together(office):
    mode = {"batch_inference_job_mode": "THEME_GENERATION"}
    version = office.version("similar-items")
    for given in (mode, {"theme_generation_config": THEMES}):
        with pytest.raises(InvalidInputException, match="go together"):
            office.ask(version, **given)
    with pytest.raises(InvalidInputException, match="aws-sims makes no themes"):
        office.ask(office.version("sims"), theme_generation_config=THEMES, **mode)


def test_themes_need_items(desk):
    group = desk.group()
    version = desk.version(desk.solution(group, "near", RECIPE + "similar-items"))
    with pytest.raises(InvalidInputException, match="has no items dataset"):
        BatchInferenceJobOperations(desk.ledger).create_batch_inference_job(
            desk.caller,
            **_job(version, "a", INPUT, OUTPUT),
            batch_inference_job_mode="THEME_GENERATION",
            theme_generation_config=THEMES,
        )


@pytest.mark.parametrize(
    ("recipe", "expression", "text"),
    [
        ("popularity-count", "INCLUDE UserID WHERE Users.AGE > 1", "answers with ItemID"),
        (
            "popularity-count",
            "INCLUDE ItemID WHERE Items.TITLE = CurrentItem.TITLE",
            "looks at CurrentItem",
        ),
        ("item-affinity", "INCLUDE ItemID WHERE Items.PRICE > 1", "answers with UserID"),
        (
            "item-affinity",
            "INCLUDE UserID WHERE Users.AGE > 1 IF CurrentUser.AGE > 1",
            "looks at CurrentUser",
        ),
    ],
)
def test_filters_that_do_not_fit_the_recipe_are_refused(office, recipe, expression, text):
    ask = office.ask_segment if recipe == "item-affinity" else office.ask
    with pytest.raises(InvalidInputException, match=text):
        ask(office.version(recipe), filter_arn=office.filter(expression))


def test_segments_by_attributes_are_not_filtered_by_interactions(office):
    arn = office.filter("INCLUDE UserID WHERE Users.AGE > 1")
    expression = 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("buy")'
    resources = office.desk.stores.resources
    with resources.transaction() as tx:
        held = resources.held(tx, arn)
        sent = {**held.sent, "filterExpression": expression}
        resources.change(tx, held, office.desk.ledger.clock(), sent=sent)
    office.ask_segment(office.version("item-affinity"), filter_arn=arn)
    with pytest.raises(InvalidInputException, match="does not filter by; use Users"):
        office.ask_segment(office.version("item-attribute-affinity"), "other", filter_arn=arn)


def test_a_filter_of_another_group_is_refused(office):
    other = office.desk.group("other")
    office.desk.datasets.create_dataset(
        office.desk.caller,
        name="x",
        schema_arn=office.desk.ledger.resources.page(office.desk.caller.owner, kind="schema")[0][
            1
        ].arn,
        dataset_group_arn=other,
        dataset_type="Items",
    )
    arn = office.filter("INCLUDE ItemID WHERE Items.PRICE > 1", group=other)
    with pytest.raises(InvalidInputException, match=r"belongs to .*other, not to .*shop"):
        office.ask(office.version(), filter_arn=arn)
    with pytest.raises(ResourceNotFoundException):
        office.ask(office.version("sims"), filter_arn=arn + "-gone")


def test_a_filter_is_not_deleted_while_a_job_needs_it(office):
    arn = office.filter("INCLUDE ItemID WHERE Items.PRICE > 1")
    job = office.ask(office.version(), filter_arn=arn)
    delete = office.desk.filters.delete_filter
    with pytest.raises(ResourceInUseException, match="batch-inference-job/nightly, which is CRE"):
        delete(office.desk.caller, filter_arn=arn)
    office.desk.settle(job)
    assert delete(office.desk.caller, filter_arn=arn) == {}


def test_a_filter_is_not_deleted_while_a_segment_job_needs_it(office):
    arn = office.filter("INCLUDE UserID WHERE Users.AGE > 1")
    office.ask_segment(office.version("item-affinity"), filter_arn=arn)
    with pytest.raises(ResourceInUseException, match="batch-segment-job/nightly"):
        office.desk.filters.delete_filter(office.desk.caller, filter_arn=arn)


def test_tags_are_kept(office):
    tags = [{"tagKey": "team", "tagValue": "mail"}]
    arn = office.ask(office.version(), tags=tags)
    found = office.desk.tags.list_tags_for_resource(office.desk.caller, resource_arn=arn)
    assert found == {"tags": tags}
