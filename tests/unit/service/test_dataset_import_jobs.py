import pytest

from penchant.domain.arns import Kind
from penchant.domain.errors import InvalidInputException, ResourceAlreadyExistsException


@pytest.fixture
def dataset(desk):
    return desk.dataset(desk.group(), desk.schema())


def start(desk, dataset, **members):
    members = {"job_name": "monday", "data_source": {"dataLocation": "s3://b/k.csv"}, **members}
    return desk.imports.create_dataset_import_job(desk.caller, dataset_arn=dataset, **members)


def attribution(desk, to):
    group, sent = desk.caller.owner.arn(Kind.DATASET_GROUP, "shop"), {"metricsOutputConfig": to}
    with desk.stores.resources.transaction() as tx:
        desk.ledger.write_down(
            tx, desk.caller, Kind.METRIC_ATTRIBUTION, "impact", sent=sent, parent_arn=group
        )


def test_an_import_is_queued_with_its_job(desk, dataset):
    arn = start(desk, dataset)["datasetImportJobArn"]
    assert arn.endswith(":dataset-import-job/monday")
    job = desk.imports.describe_dataset_import_job(desk.caller, dataset_import_job_arn=arn)
    assert job["datasetImportJob"]["status"] == "CREATE PENDING"
    assert job["datasetImportJob"]["importMode"] == "FULL"
    assert desk.queue.of(arn).kind == "import"


def test_a_job_name_is_used_once(desk, dataset):
    start(desk, dataset)
    with pytest.raises(ResourceAlreadyExistsException):
        start(desk, dataset)


def test_nothing_is_queued_for_a_refused_name(desk, dataset):
    start(desk, dataset)
    with pytest.raises(ResourceAlreadyExistsException):
        start(desk, dataset)
    assert sum(desk.queue.depths().values()) == 1


def test_an_increment_needs_bulk_data_to_add_to(desk, dataset):
    with pytest.raises(InvalidInputException, match="holds no bulk data yet"):
        start(desk, dataset, import_mode="INCREMENTAL")


def test_a_source_that_no_job_can_read_is_refused(desk, dataset):
    with pytest.raises(InvalidInputException, match=r"dataSource\.dataLocation is missing"):
        start(desk, dataset, data_source={})
    with pytest.raises(InvalidInputException, match=r"such as s3://bucket/file\.csv"):
        start(desk, dataset, data_source={"dataLocation": "https://b/file.csv"})
    assert desk.queue.open() == []


@pytest.mark.parametrize("to", [None, {}])
def test_metrics_are_published_only_where_an_attribution_says_where_to(desk, dataset, to):
    if to is not None:
        attribution(desk, to)
    with pytest.raises(InvalidInputException, match="no metric attribution with an s3DataDest"):
        start(desk, dataset, publish_attribution_metrics_to_s3=True)
    start(desk, dataset, publish_attribution_metrics_to_s3=False)


def test_an_import_that_publishes_metrics_is_taken_where_there_is_a_place_for_them(desk, dataset):
    attribution(desk, {"s3DataDestination": {"path": "s3://b/reports/"}})
    arn = start(desk, dataset, publish_attribution_metrics_to_s3=True)["datasetImportJobArn"]
    job = desk.imports.describe_dataset_import_job(desk.caller, dataset_import_job_arn=arn)
    assert job["datasetImportJob"]["publishAttributionMetricsToS3"] is True


def test_imports_are_listed_under_their_dataset(desk, dataset):
    arn = start(desk, dataset)["datasetImportJobArn"]
    listed = desk.imports.list_dataset_import_jobs(desk.caller, dataset_arn=dataset)
    assert [job["datasetImportJobArn"] for job in listed["datasetImportJobs"]] == [arn]
