"""The accuracy page and the README's part of it are made from the figures that were measured."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def maker():
    path = ROOT / "bench" / "make_accuracy.py"
    spec = importlib.util.spec_from_file_location("make_accuracy", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_it_would_be_made_now(maker):
    assert maker.PAGE.read_text("utf-8") == maker.page(*maker.figures()), (
        "run: python bench/make_accuracy.py"
    )


def test_the_readmes_part_is_as_it_would_be_made_now(maker):
    (part,) = re.findall(
        r"<!-- made: accuracy -->\n(.*?)\n<!-- end -->", maker.README.read_text("utf-8"), re.DOTALL
    )

    assert part == maker.short(*maker.figures()), "run: python bench/make_accuracy.py"


def test_every_figure_tells_its_day_and_its_cost(maker):
    for part in json.loads(maker.RESULTS.read_text("utf-8")).values():
        for row in part["rows"]:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"]), row["name"]
            assert row["cpu_s"] >= 0
