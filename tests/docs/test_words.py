"""The project speaks of itself: no machine's own paths, no numbers of a tracker."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOREIGN = re.compile(r"(?<![\w.])/(?:work|home|root/\w)|\bissues? #?\d", re.ASCII)
TEXT = {".md", ".py", ".toml", ".txt", ".yml", ".yaml", ".sh", ""}


def tracked():
    answer = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in answer.stdout.splitlines()]


def test_no_text_names_a_path_of_one_machine_or_a_number_of_a_tracker():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.suffix in TEXT and path.exists() and path != Path(__file__)
        for match in FOREIGN.finditer(path.read_text("utf-8", errors="replace"))
    ]

    assert found == []


def test_the_licence_is_complete():
    text = (ROOT / "LICENSE").read_text("utf-8")

    assert text.lstrip().startswith("Apache License\n                           Version 2.0")
    assert [f"   {n}. " in text for n in range(1, 10)] == [True] * 9
    assert "END OF TERMS AND CONDITIONS" in text
    assert "APPENDIX: How to apply the Apache License to your work." in text
