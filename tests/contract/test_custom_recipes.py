"""The checks that authors of recipes run hold for the examples, and for recipes of our own."""

import sys
from pathlib import Path

import pytest

from penchant.custom_recipes import catalogue_of, read_recipes
from penchant.domain.recipes import RECIPES
from penchant.recipes.checks import CHECKS
from penchant.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
OWN = ("aws-popularity-count", "aws-sims")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The example package as pip would leave it, without running pip."""
    site = tmp_path / "site"
    info = site / "penchant_transitions-1.0.dist-info"
    info.mkdir(parents=True)
    example = EXAMPLES / "custom_recipe_entry_point"
    (site / "penchant_transitions").symlink_to(example / "penchant_transitions")
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: penchant-transitions\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(
        "[penchant.recipes]\ntransitions = penchant_transitions:ENTRY\n"
    )
    monkeypatch.syspath_prepend(site)
    yield catalogue_of(Settings()).find("arn:aws:personalize:::recipe/transitions")
    for name in [name for name in sys.modules if name.startswith("penchant_transitions")]:
        del sys.modules[name]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_recipe_of_a_package(check, installed, tmp_path):
    check(installed, tmp_path)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_recipe_of_a_command(check, tmp_path):
    (entry,) = read_recipes(EXAMPLES / "custom_recipe_command" / "recipes.toml")
    check(entry, tmp_path)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_recipe_of_our_own(check, name, tmp_path):
    check(RECIPES[f"arn:aws:personalize:::recipe/{name}"], tmp_path)
