import pytest

from penchant.domain.errors import (
    InvalidInputException,
    InvalidNextTokenException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)

from ...schemas import avro_text

OUTPUT = {
    "s3DataDestination": {"path": "s3://b/reports/"},
    "roleArn": "arn:aws:iam::111111111111:role/writer",
}
COUNT = {"eventType": "watch", "metricName": "plays", "expression": "SAMPLECOUNT()"}
PRICE = {"eventType": "buy", "metricName": "revenue", "expression": "SUM(Items.PRICE)"}
FIELDS = {
    "Interactions": {
        "USER_ID": "string",
        "ITEM_ID": "string",
        "TIMESTAMP": "long",
        "EVENT_TYPE": "string",
    },
    "Items": {"ITEM_ID": "string", "PRICE": "float", "NAME": "string"},
}


def dataset(desk, group, record):
    fields = [{"name": name, "type": kind} for name, kind in FIELDS[record].items()]
    text = avro_text(record, fields)
    schema = desk.schemas.create_schema(desk.caller, name=record, schema=text)
    desk.datasets.create_dataset(
        desk.caller,
        name=record,
        schema_arn=schema["schemaArn"],
        dataset_group_arn=group,
        dataset_type=record,
    )


@pytest.fixture
def group(desk):
    arn = desk.group()
    for record in FIELDS:
        dataset(desk, arn, record)
    return arn


def create(desk, group, *metrics, name="impact"):
    return desk.attributions.create_metric_attribution(
        desk.caller,
        name=name,
        dataset_group_arn=group,
        metrics=metrics,
        metrics_output_config=OUTPUT,
    )["metricAttributionArn"]


def update(desk, arn, **members):
    return desk.attributions.update_metric_attribution(
        desk.caller, metric_attribution_arn=arn, **members
    )


def names(desk, arn=None, **paging):
    found = desk.attributions.list_metric_attribution_metrics(
        desk.caller, metric_attribution_arn=arn, **paging
    )
    return [metric["metricName"] for metric in found["metrics"]], found["nextToken"]


def test_it_is_active_at_once_and_echoed_without_its_metrics(desk, group):
    arn = create(desk, group, COUNT)
    assert arn.endswith(":metric-attribution/impact")
    found = desk.attributions.describe_metric_attribution(desk.caller, metric_attribution_arn=arn)
    told = found["metricAttribution"]
    assert (told["status"], told["metricsOutputConfig"]) == ("ACTIVE", OUTPUT)
    assert (told["name"], told["datasetGroupArn"]) == ("impact", group)
    assert "metrics" not in told


def test_its_metrics_are_listed_page_by_page(desk, group):
    arn = create(desk, group, COUNT, PRICE)
    listed = desk.attributions.list_metric_attribution_metrics(
        desk.caller, metric_attribution_arn=arn
    )
    assert listed["metrics"] == [COUNT, PRICE]
    first, token = names(desk, arn, max_results=1)
    assert (first, names(desk, arn, max_results=1, next_token=token)) == (
        ["plays"],
        (["revenue"], None),
    )
    assert names(desk)[0] == ["plays", "revenue"]
    with pytest.raises(InvalidNextTokenException):
        names(desk, next_token=token)


def test_a_page_of_metrics_is_as_long_as_the_model_allows(desk, group):
    create(desk, group, *({**COUNT, "metricName": f"m{number}"} for number in range(10)))
    other = desk.group("other")
    desk.dataset(other, group.replace("dataset-group/shop", "schema/Interactions"))
    create(desk, other, COUNT, name="other")
    first, token = names(desk)
    assert (len(first), len(names(desk, next_token=token)[0])) == (10, 1)


def test_a_group_has_one(desk, group):
    arn = create(desk, group, COUNT)
    with pytest.raises(ResourceAlreadyExistsException, match="has a metric attribution already"):
        create(desk, group, COUNT, name="second")
    (found,) = desk.attributions.list_metric_attributions(desk.caller, dataset_group_arn=group)[
        "metricAttributions"
    ]
    assert (found["metricAttributionArn"], found["name"]) == (arn, "impact")
    assert "metricsOutputConfig" not in found


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"expression": "MEAN(Items.PRICE)"}, "'revenue': the expression .* is none of"),
        ({"expression": "SUM(Items.NAME)"}, "holds no numbers"),
        ({"expression": "SUM(Items.SIZE)"}, "Items has no column SIZE"),
        ({"expression": "SUM(Interactions.PRICE)"}, "Interactions has no column PRICE"),
    ],
)
def test_metrics_that_cannot_be_added_up_are_refused(desk, group, changes, reason):
    with pytest.raises(InvalidInputException, match=reason):
        create(desk, group, COUNT, PRICE | changes)


@pytest.mark.parametrize(("n", "reason"), [(0, "0 metrics are too few"), (11, "11 .* too many")])
def test_one_to_ten_metrics_are_taken(desk, group, n, reason):
    metrics = [COUNT | {"metricName": f"plays-{k}"} for k in range(n)]
    with pytest.raises(InvalidInputException, match=reason):
        create(desk, group, *metrics)


def test_a_metric_s_name_is_used_once(desk, group):
    with pytest.raises(ResourceAlreadyExistsException, match="a metric 'plays' already"):
        create(desk, group, COUNT, COUNT)


def test_interactions_must_tell_their_type(desk):
    group = desk.group()
    with pytest.raises(InvalidInputException, match="no Interactions dataset with a column EVENT_"):
        create(desk, group, COUNT)
    desk.dataset(group, desk.schema())
    with pytest.raises(InvalidInputException, match="no Interactions dataset with a column EVENT_"):
        create(desk, group, COUNT)


def test_metrics_are_added_and_removed_and_the_address_changed(desk, group):
    arn = create(desk, group, COUNT)
    update(desk, arn, add_metrics=[PRICE], remove_metrics=["plays"])
    assert names(desk, arn)[0] == ["revenue"]
    elsewhere = {"roleArn": OUTPUT["roleArn"]}
    update(desk, arn, metrics_output_config=elsewhere)
    found = desk.attributions.describe_metric_attribution(desk.caller, metric_attribution_arn=arn)
    assert found["metricAttribution"]["metricsOutputConfig"] == elsewhere
    assert names(desk, arn)[0] == ["revenue"]


@pytest.mark.parametrize(
    ("members", "error", "reason"),
    [
        ({"remove_metrics": ["clicks"]}, InvalidInputException, "names 'clicks', which is no"),
        ({"remove_metrics": ["plays"]}, InvalidInputException, "0 metrics are too few"),
        ({"add_metrics": [COUNT]}, ResourceAlreadyExistsException, "'plays' already"),
        ({"add_metrics": [PRICE | {"expression": "?"}]}, InvalidInputException, "is none of"),
    ],
)
def test_an_update_that_cannot_be_is_refused_and_changes_nothing(
    desk, group, members, error, reason
):
    arn = create(desk, group, COUNT)
    with pytest.raises(error, match=reason):
        update(desk, arn, **members)
    assert names(desk, arn)[0] == ["plays"]


def test_an_update_names_what_it_is_of(desk):
    with pytest.raises(InvalidInputException, match="metricAttributionArn is missing"):
        update(desk, None)


def test_a_deleted_one_is_gone_with_its_metrics(desk, group):
    arn = create(desk, group, COUNT)
    desk.attributions.delete_metric_attribution(desk.caller, metric_attribution_arn=arn)
    with pytest.raises(ResourceNotFoundException):
        desk.attributions.describe_metric_attribution(desk.caller, metric_attribution_arn=arn)
    with pytest.raises(InvalidInputException, match="does not exist"):
        names(desk, arn)


def test_reports_go_to_s3_or_a_folder_or_nowhere(desk, group):
    arn = create(desk, group, COUNT)
    to = {"roleArn": OUTPUT["roleArn"]}
    for address in ("https://b/reports/", "s3:///reports/"):
        config = {**to, "s3DataDestination": {"path": address}}
        with pytest.raises(InvalidInputException, match=f"path is '{address}'; give an address"):
            update(desk, arn, metrics_output_config=config)
        with pytest.raises(InvalidInputException, match=f"path is '{address}'; give an address"):
            desk.attributions.create_metric_attribution(
                desk.caller,
                name="second",
                dataset_group_arn=group,
                metrics=[COUNT],
                metrics_output_config=config,
            )
    for config in (to, {**to, "s3DataDestination": {"path": "file:///srv/reports/"}}):
        update(desk, arn, metrics_output_config=config)
