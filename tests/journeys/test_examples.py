"""The examples, run as a reader runs them."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
N_USERS, N_ITEMS, N_EACH = 60, 80, 40


@pytest.fixture
def ml_100k(tmp_path):
    """A folder in the form of GroupLens' ml-100k, made up."""
    drawn = random.Random(0)
    rows = [
        f"{user}\t{item}\t4\t{880_000_000 + 86_400 * user + 60 * step}\n"
        for user in range(1, N_USERS + 1)
        for step, item in enumerate(drawn.sample(range(1, N_ITEMS + 1), N_EACH))
    ]
    (tmp_path / "u.data").write_text("".join(rows))
    items = [f"{item}|Amélie {item} (2001)|01-Jan-2001||x\n" for item in range(1, N_ITEMS + 1)]
    (tmp_path / "u.item").write_text("".join(items), "latin-1")
    return tmp_path


def test_the_movielens_tutorial_ends_with_titles(shop, ml_100k):
    credentials = {
        "AWS_ENDPOINT_URL": shop.address,
        "AWS_SHARED_CREDENTIALS_FILE": str(shop.folder / "credentials"),
        "AWS_CONFIG_FILE": str(shop.folder / "config"),
        "PYTHONIOENCODING": "utf-8",
    }
    script = ROOT / "examples" / "movielens_100k.py"

    answer = subprocess.run(
        [sys.executable, script, ml_100k, "--user", "7"],
        capture_output=True,
        text=True,
        env=credentials,
    )

    assert answer.returncode == 0, answer.stderr
    assert "from the first call to the first recommendation" in answer.stdout
    assert "mean_reciprocal_rank_at_25" in answer.stdout
    assert answer.stdout.split("For user 7:")[1].count("(2001)") == 10


def test_the_demo_tells_its_story_on_a_server_that_runs_already(shop, ml_100k):
    answer = subprocess.run(
        [sys.executable, "-m", "penchant", "demo", "--movielens", ml_100k, "--data", shop.folder],
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 0, answer.stderr
    assert f"{shop.address} (already running;" in answer.stdout
    assert "2,400 events of 60 viewers and 80 items" in answer.stdout
    assert "train aws-user-personalization: done in" in answer.stdout
    assert "Related to Amélie" in answer.stdout
    assert "of 10 are new." in answer.stdout
    assert f"The server is still at {shop.address}" in answer.stdout
