"""The `aws` command, unmodified, with nothing but the lines that `penchant env` prints."""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore import xform_name

from penchant.protocol.catalogue import load_apis

SCHEMA = """{
  "type": "record",
  "name": "Interactions",
  "namespace": "com.amazonaws.personalize.schema",
  "fields": [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"}
  ],
  "version": "1.0"
}
"""
AWS = Path(sys.executable).parent / "aws"
OPERATIONS = {xform_name(one.name, "-"): one.name for one in load_apis()}
MISSING = "An error occurred (ResourceNotFoundException) when calling the DescribeDatasetGroup"


@pytest.fixture(scope="module")
def environment(shop, tmp_path_factory):
    """What a shell holds after `eval "$(penchant env)"`, and no other trace of AWS."""
    lines = subprocess.run(
        [sys.executable, "-m", "penchant", "env", "--data", shop.folder],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path_factory.mktemp("home")),
        **dict(word.split("=", 1) for word in shlex.split(lines) if word != "export"),
    }


@pytest.fixture
def run(environment, tmp_path):
    """Runs `aws` in an empty folder."""

    def run(*words):
        return subprocess.run(
            [AWS, *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def aws(run, witness):
    """Runs `aws`, insists on success, and reads what it printed."""

    def aws(*words):
        done = run(*words)
        assert done.returncode == 0, done.stderr
        if words[0].startswith("personalize"):
            witness.note("aws", OPERATIONS[words[1]], "answer")
        return json.loads(done.stdout) if done.stdout.strip() else None

    return aws


def names(summaries):
    return [summary["name"] for summary in summaries]


def test_four_variables_are_all_it_needs(environment):
    assert sorted(name for name in environment if name.startswith("AWS_")) == [
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_SECRET_ACCESS_KEY",
    ]


def test_recipes_are_listed(aws):
    recipes = aws("personalize", "list-recipes")["recipes"]
    assert "aws-user-personalization" in names(recipes)
    assert aws("personalize", "list-recipes", "--query", "recipes[0].status") == "ACTIVE"


def test_a_schema_comes_from_a_file_and_goes_again(aws, tmp_path):
    (tmp_path / "schema.json").write_text(SCHEMA)

    arn = aws(
        *("personalize", "create-schema", "--name", "from-file"),
        *("--schema", "file://schema.json"),
    )["schemaArn"]

    found = aws("personalize", "describe-schema", "--schema-arn", arn)["schema"]
    assert (found["name"], found["schema"]) == ("from-file", SCHEMA)
    assert "from-file" in names(aws("personalize", "list-schemas")["schemas"])
    aws("personalize", "delete-schema", "--schema-arn", arn)
    assert "from-file" not in names(aws("personalize", "list-schemas")["schemas"])


def test_a_dataset_group_is_made_described_listed_and_deleted(aws, run, shop):
    arn = aws("personalize", "create-dataset-group", "--name", "from-shell")["datasetGroupArn"]
    shop.settled(arn)

    here = ("--dataset-group-arn", arn)
    found = aws("personalize", "describe-dataset-group", *here)["datasetGroup"]
    assert (found["name"], found["datasetGroupArn"]) == ("from-shell", arn)
    # one page of one name after another, as the command follows nextToken by itself
    pages = ("personalize", "list-dataset-groups", "--page-size", "1")
    assert {"from-shell", "shop"} <= set(names(aws(*pages)["datasetGroups"]))
    account = aws("sts", "get-caller-identity")["Account"]
    assert arn.split(":")[4] == account

    aws("personalize", "delete-dataset-group", *here)
    deadline = time.monotonic() + 60
    while (done := run("personalize", "describe-dataset-group", *here)).returncode == 0:
        assert time.monotonic() < deadline, done.stdout
    assert MISSING in done.stderr


def test_a_missing_arn_is_an_error_of_the_command(run, aws):
    account = aws("sts", "get-caller-identity")["Account"]
    arn = f"arn:aws:personalize:us-east-1:{account}:dataset-group/nowhere"

    done = run("personalize", "describe-dataset-group", "--dataset-group-arn", arn)

    assert done.returncode in (254, 255)  # version 2 of the command, version 1
    assert done.stdout == ""
    assert done.stderr.strip() == f"{MISSING} operation: Resource Arn {arn} does not exist."


def test_a_file_is_copied_to_s3_and_back(run, tmp_path):
    content = b"USER_ID,ITEM_ID,TIMESTAMP\n" + b"u1,i1,1700000000\n" * 1000
    (tmp_path / "plays.csv").write_bytes(content)

    for words in (
        ("mb", "s3://from-shell"),
        ("cp", "plays.csv", "s3://from-shell/data/plays.csv"),
        ("cp", "s3://from-shell/data/plays.csv", "back.csv"),
    ):
        done = run("s3", *words)
        assert done.returncode == 0, done.stderr

    assert (tmp_path / "back.csv").read_bytes() == content
    assert (shown := run("s3", "ls", "s3://from-shell/data/").stdout).endswith(" plays.csv\n")
    assert f" {len(content)} " in shown


@pytest.fixture(scope="module")
def store(shop):
    """A dataset group with data, and no event tracker yet."""
    group, dataset = shop.dataset("shell")
    shop.settled(shop.bring_in(dataset, shop.upload("shell"), "shell"))
    return group


@pytest.fixture
def campaign(aws, shop, store):
    """A campaign that the command has made, with everything below it."""
    solution = aws(
        *("personalize", "create-solution", "--name", "from-shell", "--dataset-group-arn", store),
        *("--recipe-arn", "arn:aws:personalize:::recipe/aws-popularity-count"),
        "--no-perform-auto-training",
    )["solutionArn"]
    version = aws(
        *("personalize", "create-solution-version", "--solution-arn", solution),
        *("--tags", "tagKey=team,tagValue=search"),
    )["solutionVersionArn"]
    shop.settled(version)
    tags = aws("personalize", "list-tags-for-resource", "--resource-arn", version)["tags"]
    assert tags == [{"tagKey": "team", "tagValue": "search"}]
    campaign = aws(
        *("personalize", "create-campaign", "--name", "from-shell"),
        *("--solution-version-arn", version, "--min-provisioned-tps", "1"),
    )["campaignArn"]
    shop.settled(campaign)
    yield campaign
    aws("personalize", "delete-campaign", "--campaign-arn", campaign)
    aws("personalize", "delete-solution", "--solution-arn", solution)


def test_a_filter_with_a_value_keeps_an_item_away_once_it_was_bought(aws, run, campaign, store):
    arn = aws(
        *("personalize", "create-filter", "--name", "from-shell", "--dataset-group-arn", store),
        "--filter-expression",
        "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($kind)",
    )["filterArn"]
    found = aws("personalize", "describe-filter", "--filter-arn", arn)["filter"]
    assert (found["name"], found["status"]) == ("from-shell", "ACTIVE")
    assert "from-shell" in names(aws("personalize", "list-filters")["Filters"])
    tracker = aws(
        *("personalize", "create-event-tracker", "--name", "from-shell"),
        *("--dataset-group-arn", store),
    )
    ask = ("personalize-runtime", "get-recommendations", "--campaign-arn", campaign)
    ask = (*ask, "--user-id", "shell", "--num-results", "3")
    filtered = (*ask, "--filter-arn", arn, "--filter-values", 'kind="bought"')

    first = aws(*ask)["itemList"][0]["itemId"]
    event = {"eventType": "bought", "itemId": first, "sentAt": int(time.time())}
    aws(
        *("personalize-events", "put-events", "--tracking-id", tracker["trackingId"]),
        *("--user-id", "shell", "--session-id", "s", "--event-list", json.dumps([event])),
    )

    assert first in [one["itemId"] for one in aws(*ask)["itemList"]]
    assert first not in [one["itemId"] for one in aws(*filtered)["itemList"]]
    aws("personalize", "delete-filter", "--filter-arn", arn)
    done = run(*filtered)
    assert done.returncode in (254, 255)
    assert "(ResourceNotFoundException) when calling the GetRecommendations" in done.stderr
    tracker_arn = tracker["eventTrackerArn"]
    aws("personalize", "delete-event-tracker", "--event-tracker-arn", tracker_arn)


def test_a_domain_has_recipes_and_dataset_groups_of_its_own(aws):
    recipes = aws("personalize", "list-recipes", "--domain", "VIDEO_ON_DEMAND")["recipes"]
    assert {one["domain"] for one in recipes} == {"VIDEO_ON_DEMAND"}
    made = aws(
        *("personalize", "create-dataset-group", "--name", "films-from-shell"),
        *("--domain", "VIDEO_ON_DEMAND"),
    )
    here = ("--dataset-group-arn", made["datasetGroupArn"])
    found = aws("personalize", "describe-dataset-group", *here)["datasetGroup"]
    assert made["domain"] == found["domain"] == "VIDEO_ON_DEMAND"
    assert aws("personalize", "list-recommenders", *here) == {"recommenders": []}
    aws("personalize", "delete-dataset-group", *here)
