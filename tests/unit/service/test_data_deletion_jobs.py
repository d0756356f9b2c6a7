import pytest

from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
)

ROLE = "arn:aws:iam::111111111111:role/reader"
SOURCE = {"dataLocation": "s3://b/users.csv"}


@pytest.fixture
def group(desk):
    return desk.group()


def start(desk, group, name="monday", source=SOURCE):
    return desk.deletions.create_data_deletion_job(
        desk.caller, job_name=name, dataset_group_arn=group, data_source=source, role_arn=ROLE
    )["dataDeletionJobArn"]


def described(desk, arn):
    found = desk.deletions.describe_data_deletion_job(desk.caller, data_deletion_job_arn=arn)
    return found["dataDeletionJob"]


def test_a_deletion_is_queued_with_its_job_and_echoed(desk, group):
    arn = start(desk, group)
    assert arn.endswith(":data-deletion-job/monday")
    found = described(desk, arn)
    assert found["status"] == "PENDING"
    assert (found["dataSource"], found["roleArn"]) == (SOURCE, ROLE)
    assert "numDeleted" not in found
    assert desk.queue.of(arn).kind == "forget"


def test_the_number_of_records_deleted_is_told_at_the_end(desk, group):
    arn = start(desk, group)
    desk.settle(arn, "IN_PROGRESS", n_deleted=3)
    assert "numDeleted" not in described(desk, arn)
    desk.settle(arn, "COMPLETED", n_deleted=7)
    assert described(desk, arn)["numDeleted"] == 7


def test_a_job_name_is_used_once(desk, group):
    start(desk, group)
    with pytest.raises(ResourceAlreadyExistsException):
        start(desk, group)


def test_the_group_must_be_there(desk, group):
    with pytest.raises(ResourceNotFoundException):
        start(desk, group + "X")


def test_a_source_that_no_job_can_read_is_refused(desk, group):
    for source in ({}, {"dataLocation": "https://b/users.csv"}):
        with pytest.raises(InvalidInputException, match="with one column USER_ID"):
            start(desk, group, source=source)
    assert desk.queue.open() == []


def test_the_newest_is_listed_first(desk, group):
    arns = [start(desk, group, name) for name in ("monday", "tuesday", "friday")]
    listed = desk.deletions.list_data_deletion_jobs(desk.caller, dataset_group_arn=group)
    assert [one["dataDeletionJobArn"] for one in listed["dataDeletionJobs"]] == arns[::-1]
    assert listed["dataDeletionJobs"][0]["datasetGroupArn"] == group


def test_a_group_can_be_deleted_once_its_deletion_jobs_have_ended(desk, group):
    arn = start(desk, group)
    with pytest.raises(ResourceInUseException, match="is PENDING"):
        desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)
    desk.settle(arn, "COMPLETED")
    desk.groups.delete_dataset_group(desk.caller, dataset_group_arn=group)
    with pytest.raises(ResourceNotFoundException):
        described(desk, arn)
