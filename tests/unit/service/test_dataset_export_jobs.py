import pytest

from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)

OUTPUT = {
    "s3DataDestination": {"path": "s3://b/out/", "kmsKeyArn": "arn:aws:kms:x:000000000001:key/k"}
}
ROLE = "arn:aws:iam::111111111111:role/writer"


@pytest.fixture
def dataset(desk):
    return desk.dataset(desk.group(), desk.schema())


def start(desk, dataset, **members):
    members = {"job_name": "monday", "role_arn": ROLE, "job_output": OUTPUT, **members}
    return desk.exports.create_dataset_export_job(desk.caller, dataset_arn=dataset, **members)


def test_an_export_is_queued_with_its_job_and_echoed(desk, dataset):
    arn = start(desk, dataset, ingestion_mode="ALL")["datasetExportJobArn"]
    assert arn.endswith(":dataset-export-job/monday")
    job = desk.exports.describe_dataset_export_job(desk.caller, dataset_export_job_arn=arn)
    found = job["datasetExportJob"]
    assert (found["status"], found["ingestionMode"]) == ("CREATE PENDING", "ALL")
    assert (found["jobOutput"], found["roleArn"]) == (OUTPUT, ROLE)
    assert desk.queue.of(arn).kind == "export"


def test_what_was_put_is_exported_unless_something_else_is_asked_for(desk, dataset):
    arn = start(desk, dataset)["datasetExportJobArn"]
    job = desk.exports.describe_dataset_export_job(desk.caller, dataset_export_job_arn=arn)
    assert job["datasetExportJob"]["ingestionMode"] == "PUT"


def test_a_job_name_is_used_once(desk, dataset):
    start(desk, dataset)
    with pytest.raises(ResourceAlreadyExistsException):
        start(desk, dataset)


def test_the_dataset_must_be_there(desk, dataset):
    with pytest.raises(ResourceNotFoundException):
        start(desk, dataset + "X")


def test_an_output_that_no_job_can_write_is_refused(desk, dataset):
    output = {"s3DataDestination": {"path": "https://b/out/"}}
    with pytest.raises(InvalidInputException, match=r"path is 'https://b/out/'; give an address"):
        start(desk, dataset, job_output=output)
    assert desk.queue.open() == []


def test_exports_are_listed_under_their_dataset(desk, dataset):
    arn = start(desk, dataset)["datasetExportJobArn"]
    (found,) = desk.exports.list_dataset_export_jobs(desk.caller, dataset_arn=dataset)[
        "datasetExportJobs"
    ]
    assert (found["datasetExportJobArn"], found["jobName"]) == (arn, "monday")
    assert not {"jobOutput", "ingestionMode"} & found.keys()
