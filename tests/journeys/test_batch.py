"""Batch jobs with boto3: users and segments from S3 to S3, and a machine that dies in between."""

import json

import pytest
from botocore.exceptions import ClientError
from sqlalchemy import select

from penchant.settings import Settings
from penchant.store.stores import open_stores
from penchant.store.tables import jobs

from ..waiting import until

ROLE = "arn:aws:iam::000000000000:role/batch"


class Mail:
    """Creates jobs over lines in a bucket, and reads what they answered."""

    def __init__(self, installation, bucket):
        self.installation = installation
        self.bucket = bucket
        self.personalize = installation.client("personalize")
        self.s3 = installation.client("s3")

    def ask(self, kind, version, name, lines, **given):
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        self.s3.put_object(Bucket=self.bucket, Key=f"in/{name}.json", Body=body)
        create = getattr(self.personalize, f"create_batch_{kind}_job")
        answer = create(
            jobName=name,
            solutionVersionArn=version,
            jobInput={"s3DataSource": {"path": f"s3://{self.bucket}/in/{name}.json"}},
            jobOutput={"s3DataDestination": {"path": f"s3://{self.bucket}/out/"}},
            roleArn=ROLE,
            **given,
        )
        return answer[f"batch{kind.capitalize()}JobArn"]

    def answers(self, name):
        found = self.s3.get_object(Bucket=self.bucket, Key=f"out/{name}.json.out")
        return [json.loads(line) for line in found["Body"].iter_lines()], found["LastModified"]


@pytest.fixture(scope="module")
def mail(shop):
    group, dataset = shop.dataset("mail")
    shop.settled(shop.bring_in(dataset, shop.upload("mail"), "mail"))
    made = Mail(shop, "mail")
    made.group = group
    made.versions = {
        name: shop.train(group, name, f"mail-{name}")
        for name in ("aws-popularity-count", "aws-item-affinity")
    }
    for version in made.versions.values():
        shop.settled(version)
    return made


def test_users_are_answered_from_s3_to_s3(shop, mail):
    version = mail.versions["aws-popularity-count"]
    asked = [{"userId": "u1"}, {"itemId": "c01-1"}, {"userId": "u2"}]
    job = shop.settled(mail.ask("inference", version, "monday", asked, numResults=3))
    lines, written_at = mail.answers("monday")
    assert [line["input"] for line in lines] == asked
    assert [len(line["output"]["recommendedItems"]) for line in lines] == [3, 0, 3]
    assert lines[1]["error"] == ("User error: Required fields for the provided recipe are userId")
    assert job["creationDateTime"] < written_at
    (listed,) = mail.personalize.list_batch_inference_jobs(solutionVersionArn=version)[
        "batchInferenceJobs"
    ]
    assert listed["jobName"] == "monday"
    keys = [one["Key"] for one in mail.s3.list_objects_v2(Bucket="mail", Prefix="out/")["Contents"]]
    assert "out/_CHECK" in keys


def test_a_segment_is_found_from_s3_to_s3_for_users_of_a_filter(shop, mail):
    arn = mail.personalize.create_filter(
        name="mailed-watchers",
        datasetGroupArn=mail.group,
        filterExpression='INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("watch")',
    )["filterArn"]
    version = mail.versions["aws-item-affinity"]
    asked = [{"itemId": "c01-1"}]
    shop.settled(mail.ask("segment", version, "fans", asked, numResults=5, filterArn=arn))
    ((line,), _) = mail.answers("fans")
    assert line["input"] == asked[0]
    assert len(line["output"]["usersList"]) == 5
    assert line["error"] is None
    mail.personalize.delete_filter(filterArn=arn)


def test_a_job_that_cannot_read_tells_why(shop, mail):
    version = mail.versions["aws-popularity-count"]
    with pytest.raises(ClientError, match="does not end in"):
        mail.personalize.create_batch_inference_job(
            jobName="bad",
            solutionVersionArn=version,
            jobInput={"s3DataSource": {"path": "s3://mail/in/monday.json"}},
            jobOutput={"s3DataDestination": {"path": "s3://mail/out"}},
            roleArn=ROLE,
        )
    arn = mail.personalize.create_batch_inference_job(
        jobName="lost",
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": "s3://mail/nothing/here.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://mail/out/"}},
        roleArn=ROLE,
    )["batchInferenceJobArn"]
    lost = shop.wait(arn)
    assert lost["status"] == "CREATE FAILED"
    assert lost["failureReason"].startswith("Invalid S3 input path. There is no object at")


def test_a_job_whose_machine_dies_answers_every_line_once(fresh):
    installation = fresh()
    installation.up(lease_s="2", heartbeat_s="0.5")
    group, dataset = installation.dataset()
    installation.settled(installation.bring_in(dataset, installation.upload()))
    version = installation.train(group, "aws-popularity-count")
    installation.settled(version)
    asked = [{"userId": f"u{number}"} for number in range(150_000)]
    arn = Mail(installation, "shop").ask("inference", version, "all", asked)
    answered = lambda: list((installation.folder / "batches").glob("*/out/0-*"))  # noqa: E731
    kept = until(answered, lambda parts: len(parts) >= 5, every_s=0.01)
    installation.kill()
    assert len(kept) < 75
    installation.up(lease_s="2", heartbeat_s="0.5")
    installation.settled(arn)
    lines, _ = Mail(installation, "shop").answers("all")
    assert [line["input"] for line in lines] == asked
    assert all(len(line["output"]["recommendedItems"]) == 25 for line in lines)
    installation.stop()
    assert attempts(installation, arn) == 2


def attempts(installation, arn):
    """How often the job was begun; the one that throws its folder away is another."""
    wanted = select(jobs.c.attempts).where(
        jobs.c.resource_arn == arn, jobs.c.kind == "batch-inference"
    )
    stores = open_stores(Settings(data_dir=installation.folder))
    try:
        with stores.engine.connect() as connection:
            return connection.execute(wanted).scalar_one()
    finally:
        stores.close()
