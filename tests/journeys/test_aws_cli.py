"""The `aws` command, unmodified, with nothing but the lines that `penchant env` prints."""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

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
def aws(run):
    """Runs `aws`, insists on success, and reads what it printed."""

    def aws(*words):
        done = run(*words)
        assert done.returncode == 0, done.stderr
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
