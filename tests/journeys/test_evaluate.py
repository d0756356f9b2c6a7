"""`penchant evaluate` as a real process on a file, no server anywhere."""

import json
import os
import subprocess
import sys


def test_a_csv_becomes_a_report_of_the_default_recipe(tmp_path):
    lines = ["USER_ID,ITEM_ID,TIMESTAMP"]
    for user in range(40):
        lines += [f"u{user},i{(7 * user + n) % 20},{1000 * n + user}" for n in range(8)]
    (tmp_path / "interactions.csv").write_text("\n".join(lines) + "\n")

    answer = subprocess.run(
        [sys.executable, "-m", "penchant", "evaluate", "interactions.csv", "--out", "report"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )

    assert answer.returncode == 0, answer.stderr
    assert "aws-user-personalization: done in" in answer.stdout
    assert answer.stdout.splitlines()[-1] == "The report: report/report.html"
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["names"] == [
        "aws-user-personalization",
        "popularity",
        "recent popularity",
        "item-item",
    ]
    assert "<svg" in (tmp_path / "report" / "report.html").read_text()
