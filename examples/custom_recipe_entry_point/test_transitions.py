"""The checks that every recipe of Penchant passes: `pytest test_transitions.py`."""

from pathlib import Path

import pytest
from penchant_transitions import ENTRY

from penchant.recipes.checks import CHECKS, Check


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_transitions(check: Check, tmp_path: Path) -> None:
    check(ENTRY, tmp_path)
