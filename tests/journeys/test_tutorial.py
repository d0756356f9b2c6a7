"""The tutorial's Python, run from top to bottom as a reader would."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
WALKS = "USER_ID,ITEM_ID,TIMESTAMP\n" + "".join(
    f"u{user},i{(user * 7 + step * (1 + user % 3)) % 40},{1_700_000_000 + 900 * user + 60 * step}\n"
    for user in range(60)
    for step in range(20)
)


@pytest.mark.slow
def test_the_tutorial_ends_with_a_list_that_knows_of_the_click(fresh, tmp_path):
    installation = fresh()
    installation.up()
    (tmp_path / "interactions.csv").write_text(WALKS)
    blocks = re.findall(
        r"^```python\n(.*?)^```", TUTORIAL.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    variables = {
        "AWS_SHARED_CREDENTIALS_FILE": str(installation.folder / "credentials"),
        "AWS_CONFIG_FILE": str(installation.folder / "config"),
    }
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}

    answer = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=bare | variables,
    )

    assert answer.returncode == 0, answer.stderr
    metrics, before, after = answer.stdout.splitlines()
    assert "mean_reciprocal_rank_at_25" in metrics
    assert before.startswith("[{'itemId': ")
    assert after.startswith("[{'itemId': ")
