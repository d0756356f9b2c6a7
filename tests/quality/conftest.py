"""What tests of quality run on: one thread, and public data.

Public data (ml-100k, ml-1m, online-retail, each a folder with interactions.csv.gz) lies in
`PUBLIC_DATA`, or in `public-data` in the repository.
"""

import os
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("PUBLIC_DATA", ROOT / "public-data"))

# programs of `bench` find each other by name, as they do when they are run
sys.path.append(str(ROOT / "bench"))


@pytest.fixture(scope="module", autouse=True)
def _one_thread(one_thread):
    """All trainings of this room."""


@pytest.fixture(scope="session")
def public_data():
    """The interactions of a folder by its name; the test is skipped where that is not there."""
    from accuracy import read_interactions  # noqa: PLC0415  # its folder is on the path now

    @cache
    def read(name):
        if not (DATA / name).is_dir():
            pytest.skip(f"{DATA / name} is not there; set PUBLIC_DATA")
        return read_interactions(DATA / name)

    return read
