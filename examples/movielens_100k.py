"""MovieLens 100K with Amazon Personalize: the classic tutorial, boto3 only.

    python examples/movielens_100k.py FOLDER

FOLDER holds u.data and u.item of GroupLens' ml-100k (or interactions.csv.gz and items.csv.gz).
Nothing here knows which server it talks to: address, key and region come from the environment
(AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION).
"""

import argparse
import csv
import gzip
import io
import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

import boto3

ROLE_ARN = os.environ.get("PERSONALIZE_ROLE_ARN", "arn:aws:iam::000000000000:role/PersonalizeRole")
RECIPE_ARN = "arn:aws:personalize:::recipe/aws-user-personalization"
SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}

personalize = boto3.client("personalize")
runtime = boto3.client("personalize-runtime")
s3 = boto3.client("s3")
create_ms: list[float] = []


def create(operation: str, **arguments: Any) -> dict[str, Any]:
    """Call personalize.create_<operation> and note how long the answer took."""
    call = getattr(personalize, f"create_{operation}")
    start = time.perf_counter()
    answer = call(**arguments)
    create_ms.append((time.perf_counter() - start) * 1000)
    return answer


def wait(kind: str, arn: str) -> None:
    """Poll describe_<kind> until the resource is ACTIVE, as every tutorial does."""
    words = kind.split("_")
    member = words[0] + "".join(word.capitalize() for word in words[1:])
    describe = getattr(personalize, f"describe_{kind}")
    while True:
        described = describe(**{f"{member}Arn": arn})[member]
        if described["status"] == "ACTIVE":
            return
        if described["status"] == "CREATE FAILED":
            raise SystemExit(f"{arn}: {described['failureReason']}")
        time.sleep(1)


def phase(text: str, since: float) -> float:
    """Print what was done and how long it took; the start of the next phase."""
    now = time.perf_counter()
    print(f"{now - since:7.2f} s  {text}")
    return now


def read_interactions(folder: Path) -> list[tuple[str, str, int]]:
    """(user, item, timestamp) of every rating."""
    if (folder / "u.data").exists():
        with (folder / "u.data").open() as file:
            rows = csv.reader(file, delimiter="\t")
            return [(user, item, int(when)) for user, item, _, when in rows]
    with gzip.open(folder / "interactions.csv.gz", "rt") as file:
        return [
            (row["user_id"], row["item_id"], int(float(row["timestamp"])))
            for row in csv.DictReader(file)
        ]


def read_titles(folder: Path) -> dict[str, str]:
    """Title by item."""
    if (folder / "u.item").exists():
        with (folder / "u.item").open(encoding="latin-1") as file:
            return {row[0]: row[1] for row in csv.reader(file, delimiter="|")}
    with gzip.open(folder / "items.csv.gz", "rt") as file:
        return {row["item_id"]: row["title"] for row in csv.DictReader(file)}


def upload(bucket: str, interactions: list[tuple[str, str, int]]) -> str:
    """Put the interactions into a bucket as CSV; the object's address."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["USER_ID", "ITEM_ID", "TIMESTAMP"])
    writer.writerows(interactions)
    region = s3.meta.region_name
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **({} if region == "us-east-1" else elsewhere))
    s3.put_object(Bucket=bucket, Key="interactions.csv", Body=text.getvalue().encode())
    return f"s3://{bucket}/interactions.csv"


def import_data(name: str, address: str) -> str:
    """Schema, dataset group, dataset and import job; the dataset group's ARN."""
    schema_arn = create("schema", name=name, schema=json.dumps(SCHEMA))["schemaArn"]
    group_arn = create("dataset_group", name=name)["datasetGroupArn"]
    wait("dataset_group", group_arn)
    dataset_arn = create(
        "dataset",
        name=f"{name}-interactions",
        schemaArn=schema_arn,
        datasetGroupArn=group_arn,
        datasetType="Interactions",
    )["datasetArn"]
    wait("dataset", dataset_arn)
    job_arn = create(
        "dataset_import_job",
        jobName=f"{name}-import",
        datasetArn=dataset_arn,
        dataSource={"dataLocation": address},
        roleArn=ROLE_ARN,
    )["datasetImportJobArn"]
    wait("dataset_import_job", job_arn)
    return group_arn


def train(name: str, group_arn: str) -> str:
    """Solution and solution version at default hyper-parameters; the version's ARN."""
    solution_arn = create(
        "solution",
        name=name,
        datasetGroupArn=group_arn,
        recipeArn=RECIPE_ARN,
        performAutoTraining=False,
    )["solutionArn"]
    wait("solution", solution_arn)
    version_arn = create("solution_version", solutionArn=solution_arn)["solutionVersionArn"]
    wait("solution_version", version_arn)
    return version_arn


def deploy(name: str, version_arn: str) -> str:
    """Campaign; its ARN."""
    campaign_arn = create(
        "campaign", name=name, solutionVersionArn=version_arn, minProvisionedTPS=1
    )["campaignArn"]
    wait("campaign", campaign_arn)
    return campaign_arn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of ml-100k")
    parser.add_argument("--user", default="196", help="user to recommend to")
    arguments = parser.parse_args()
    name = f"movielens-{int(time.time())}"
    interactions, titles = read_interactions(arguments.folder), read_titles(arguments.folder)

    begun = now = time.perf_counter()
    address = upload(name, interactions)
    now = phase(f"uploaded {len(interactions)} interactions to {address}", now)
    group_arn = import_data(name, address)
    now = phase("imported", now)
    print("           training, about a minute; the server's log tells how far it is", flush=True)
    version_arn = train(name, group_arn)
    now = phase("trained aws-user-personalization", now)
    metrics = personalize.get_solution_metrics(solutionVersionArn=version_arn)["metrics"]
    campaign_arn = deploy(name, version_arn)
    now = phase("deployed", now)
    answer = runtime.get_recommendations(
        campaignArn=campaign_arn, userId=arguments.user, numResults=10
    )
    now = phase("recommended", now)
    print(f"{now - begun:7.2f} s  from the first call to the first recommendation")
    print(f"create_* calls answered in {statistics.median(create_ms):.1f} ms (median)\n")
    for key, value in sorted(metrics.items()):
        print(f"{value:7.4f}  {key}")
    print(f"\nFor user {arguments.user}:")
    for item in answer["itemList"]:
        print(f"  {titles.get(item['itemId'], item['itemId'])}")
    print(f"\ncampaign: {campaign_arn}")


if __name__ == "__main__":
    main()
