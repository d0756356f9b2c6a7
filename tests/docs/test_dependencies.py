"""docs/dependencies.md has one line per direct dependency, with its bound."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def requirements():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    lists = [project["project"]["dependencies"], *extras, project["build-system"]["requires"]]
    for text in (text for texts in lists for text in texts):
        name, bound = re.match(r"([\w-]+)(?:\[[^]]*])?([^;]*)", text).groups()
        yield name, bound.strip()


def test_every_dependency_has_its_line_and_nothing_else_has():
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")

    lines = re.findall(r"^\| `([\w-]+)` \| `([^`]*)` \| \S", page, re.MULTILINE)

    assert sorted(lines) == sorted(requirements())
