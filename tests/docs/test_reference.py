"""The reference pages are what the code knows, no more and no less."""

import importlib.util
import re
from dataclasses import fields
from pathlib import Path

import pytest

from penchant.cli.program import COMMANDS
from penchant.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def maker():
    path = ROOT / "bench" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings", "commands", "operations", "recipes"])
def test_a_page_is_as_it_would_be_made_now(maker, name):
    page = (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")

    remade = maker.remade(page, name, maker.PARTS[name]())

    assert page == remade, "run: python bench/make_reference.py"
    assert "\n\n\n" not in page


def test_every_setting_is_documented_and_nothing_else():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")

    documented = set(re.findall(r"^\| `PENCHANT_(\w+)`", page, re.MULTILINE))

    assert documented == {setting.name.upper() for setting in fields(Settings)}


def test_every_setting_that_any_page_names_exists():
    known = {f"PENCHANT_{setting.name.upper()}" for setting in fields(Settings)}

    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        named = set(re.findall(r"PENCHANT_[A-Z0-9_]+[A-Z0-9]", page.read_text("utf-8")))
        assert named <= known, page


def test_every_command_is_documented():
    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")

    documented = {line.split()[2] for line in page.splitlines() if line.startswith("## penchant")}

    assert documented == set(COMMANDS)


def test_every_command_that_any_page_shows_exists():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        text = page.read_text("utf-8")
        code = "\n".join(re.findall(r"^```.*?^```|`[^`\n]+`", text, re.MULTILINE | re.DOTALL))
        shown = set(re.findall(r"(?<![\w/-])penchant ([a-z]+)", code))
        assert shown <= set(COMMANDS), page
