"""COMPATIBILITY.md claims what tests have shown, and all that they are there for."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from penchant.protocol.catalogue import load_apis

from ..wire.pairs import UNPROVOKED, ways
from ..wire.provocations import WAYS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "COMPATIBILITY.md").read_text("utf-8")
EVIDENCE = json.loads((ROOT / "docs" / "compatibility.json").read_text("utf-8"))
AGAIN = "run the tests that bench/make_compatibility.py reads, and then that"


@pytest.fixture(scope="module")
def maker():
    path = ROOT / "bench" / "make_compatibility.py"
    spec = importlib.util.spec_from_file_location("make_compatibility", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_it_would_be_made_now(maker):
    assert maker.remade(PAGE, EVIDENCE) == PAGE, "run: python bench/make_compatibility.py"


@pytest.mark.parametrize("operation", list(load_apis()), ids=lambda one: one.name)
def test_every_operation_was_answered_to_a_client_and_met_every_error(operation):
    assert EVIDENCE["answers"].get(operation.name), AGAIN
    expected = {
        error: sorted(way.behaviour for way in found)
        for error in sorted(operation.error_names)
        if (found := ways(operation, error))
    }
    assert EVIDENCE["provoked"].get(operation.name, {}) == expected, AGAIN


def test_the_tests_that_are_named_exist():
    files = re.findall(r"`((?:journeys|wire|unit|contract|quality)/[\w/]*test_\w+)`", PAGE)
    assert files
    assert [one for one in files if not (ROOT / "tests" / f"{one}.py").is_file()] == []


REPORT = """<testsuites><testsuite>
<testcase classname="tests.journeys.test_a" name="test_b"><properties>
<property name="met by aws" value="ListSchemas answer"/>
<property name="met by boto3" value="ListSchemas ValidationException"/></properties></testcase>
<testcase classname="tests.wire.test_pairs" name="test_an_error_of_the_model_is_provoked[\
ListSchemas-InvalidNextTokenException-a token of no list]"/>
<testcase classname="tests.wire.test_requests" name="test_d"><properties>
<property name="met by boto3" value="ListSchemas answer"/></properties></testcase>
<testcase classname="tests.wire.test_a" name="test_c"><failure/><properties>
<property name="met by aws" value="ListRecipes answer"/></properties></testcase>
</testsuite></testsuites>"""


def test_only_what_passed_counts(maker, tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    found = maker.read([tmp_path / "report.xml"])
    assert found == {
        "answers": {"ListSchemas": {"aws": ["journeys/test_a"]}},
        "provoked": {"ListSchemas": {"InvalidNextTokenException": ["a token of no list"]}},
    }
    table = maker.table(found)
    assert re.search(
        r"\n\| `ListSchemas` \| aws: `journeys/test_a` \| \d \| -[ |-]* \| q \|\n", table
    )
    assert re.search(r"\n\| `ListRecipes` \| not yet \| \d \|[ |]*\n", table)


def test_every_way_has_a_letter_of_its_own_and_every_reason_a_number(maker):
    behaviours = {way.behaviour for way in WAYS}
    assert set(maker.LETTERS) == behaviours
    assert len(set(maker.LETTERS.values())) == len(behaviours)
    assert set(maker.NUMBERS) == set(UNPROVOKED.values())
    assert "not tested" not in maker.table(EVIDENCE)
