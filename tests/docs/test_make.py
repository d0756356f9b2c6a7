"""The commands that the README promises are there."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)


def test_every_make_command_that_a_page_shows_is_a_target():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        shown = re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
        assert set(shown) <= set(TARGETS), page


def test_the_promised_targets_exist_and_each_has_a_comment_above():
    assert {"demo", "test", "test-slow", "check", "bench"} <= set(TARGETS)
    for target in TARGETS:
        assert re.search(rf"^# .+\n{target}:", MAKEFILE, re.MULTILINE), target


def test_the_readme_shows_the_two_commands_of_a_fresh_machine():
    readme = (ROOT / "README.md").read_text("utf-8")

    assert re.search(r"^make demo .*\nmake test ", readme, re.MULTILINE)


def test_continuous_integration_runs_check_and_test():
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    lines = script.read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert lines.index("make check") < lines.index("make test")
