"""What came in goes out again as it was, and who asks to be forgotten is, while answers go on."""

import time

import pytest

GONE = "leaving-user-4711"
ROLE = "arn:aws:iam::000000000000:role/archive"


@pytest.fixture(scope="module")
def archive(shop):
    """A dataset group of its own with a campaign; some events are imported, some streamed."""
    address = shop.upload("archive")
    s3 = shop.client("s3")
    text = s3.get_object(Bucket="archive", Key="plays.csv")["Body"].read()
    s3.put_object(Bucket="archive", Key="plays.csv", Body=text.replace(b"u7,", f"{GONE},".encode()))
    group, dataset = shop.dataset("archive")
    shop.settled(shop.bring_in(dataset, address, "archive"))
    tracker = shop.client("personalize").create_event_tracker(name="archive", datasetGroupArn=group)
    for user in (GONE, "u8"):
        event = {"eventType": "watch", "itemId": "c01-1", "sentAt": int(time.time())}
        shop.client("personalize-events").put_events(
            trackingId=tracker["trackingId"], userId=user, sessionId=user, eventList=[event]
        )
    version = shop.train(group, "aws-popularity-count", "archive")
    shop.settled(version)
    campaign = shop.deploy(version)
    shop.settled(campaign)
    return group, dataset, campaign


def exported(shop, dataset, name, mode):
    """The lines of an export, the header first, the rest sorted."""
    arn = shop.client("personalize").create_dataset_export_job(
        jobName=name,
        datasetArn=dataset,
        ingestionMode=mode,
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://archive/out/"}},
    )["datasetExportJobArn"]
    shop.settled(arn)
    body = shop.client("s3").get_object(Bucket="archive", Key=f"out/{name}.csv")["Body"].read()
    header, *lines = body.decode().splitlines()
    return [header, *sorted(lines)]


def test_an_export_is_imported_again_as_it_was(shop, archive):
    _, dataset, _ = archive
    lines = exported(shop, dataset, "everything", "ALL")
    assert lines[0] == "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
    assert len(exported(shop, dataset, "streamed", "PUT")) == 1 + 2
    _, copy = shop.dataset("copy")
    shop.settled(shop.bring_in(copy, "s3://archive/out/everything.csv", "copy"))
    assert exported(shop, copy, "again", "BULK") == lines


def left_in(folder):
    """Files of the installation, but for what lies in its S3, that hold the user's id."""
    found = (path for path in folder.rglob("*") if path.is_file())
    ours = [path for path in found if not path.is_relative_to(folder / "s3")]
    return [path for path in ours if GONE.encode() in path.read_bytes()]


def test_no_byte_of_who_is_deleted_is_left_while_the_campaign_answers(shop, archive):
    group, _, campaign = archive
    personalize, runtime = shop.client("personalize"), shop.client("personalize-runtime")
    assert left_in(shop.folder)
    body = f"USER_ID\n{GONE}\n".encode()
    shop.client("s3").put_object(Bucket="archive", Key="gone/today/users.csv", Body=body)
    groups = personalize.list_dataset_groups()["datasetGroups"]
    copies = [one["datasetGroupArn"] for one in groups if one["name"] == "copy"]
    for number, one in enumerate([*copies, group]):
        arn = personalize.create_data_deletion_job(
            jobName=f"gone-{number}",
            datasetGroupArn=one,
            roleArn=ROLE,
            dataSource={"dataLocation": "s3://archive/gone/"},
        )["dataDeletionJobArn"]
        found = {"status": ""}
        while found["status"] not in ("COMPLETED", "FAILED"):
            answer = runtime.get_recommendations(campaignArn=campaign, userId=GONE)
            assert len(answer["itemList"]) == 25
            found = personalize.describe_data_deletion_job(dataDeletionJobArn=arn)[
                "dataDeletionJob"
            ]
        assert found["status"] == "COMPLETED", found
        if one == group:
            assert found["numDeleted"] == 30 + 1
    assert left_in(shop.folder) == []
    listed = personalize.list_data_deletion_jobs(datasetGroupArn=group)["dataDeletionJobs"]
    assert [job["jobName"] for job in listed] == ["gone-1"]
