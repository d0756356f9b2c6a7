import os
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from penchant.domain.resources import utc_now
from penchant.worker.schedule import Schedule
from penchant.worker.sweeping import Sweeping

DATASET = "datasets/000000000000/us-east-1/shop/INTERACTIONS"


@pytest.fixture
def look(yard):
    """Sweeps as if some time had passed."""

    def later(**passed):
        now = utc_now() + timedelta(**passed)
        Sweeping(replace(yard.shop, clock=lambda: now)).look()

    return later


@pytest.fixture
def put(yard):
    def file(path):
        made = yard.folder / path
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text("half")
        return made

    return file


@pytest.mark.parametrize(
    ("draft", "inside"),
    [
        ("scratch/tmp12", "staging.duckdb"),
        ("artifacts/.12-1.k3", "model/weights.npy"),
        (f"{DATASET}/.12-1.parquet.ab", ""),
        (f"{DATASET}/.12-1.parquet.past.ab", "users/ids.npy"),
    ],
)
def test_what_a_killed_process_left_half_made_is_deleted_a_day_later(
    put, look, yard, draft, inside
):
    left = put(f"{draft}/{inside}".rstrip("/"))
    look(hours=23)
    assert left.exists()
    look(hours=25)
    assert not (yard.folder / draft).exists()


def test_what_is_whole_stays(put, look):
    whole = [
        put(path)
        for path in (
            "artifacts/12-1/model.json",
            f"{DATASET}/12-1.parquet",
            f"{DATASET}/12-1.parquet.past/names.json",
            "batches/13/in/0",
            "sandbox/.meta/shop/owner",
        )
    ]
    look(days=1000)
    assert all(path.exists() for path in whole)


def test_a_draft_deep_in_which_somebody_writes_stays(put, look, yard):
    put("scratch/tmp12/spill/0.block")
    two_days_ago = time.time() - 2 * 24 * 3600
    for folder in ("scratch/tmp12/spill", "scratch/tmp12"):
        os.utime(yard.folder / folder, (two_days_ago, two_days_ago))
    look(hours=1)
    assert (yard.folder / "scratch" / "tmp12").exists()


def test_the_schedule_sweeps(put, yard):
    left = put("artifacts/.12-1.k3/model.json")
    Schedule(replace(yard.shop, clock=lambda: utc_now() + timedelta(days=2))).look()
    assert not left.exists()
