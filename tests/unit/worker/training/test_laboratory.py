"""What the making of an artifact leaves when it ends in the middle."""

import pytest

from penchant.domain.arns import Kind
from penchant.worker.tasks import JobStopped
from penchant.worker.training import laboratory
from penchant.worker.training.laboratory import is_made_for, make_artifact

SAVING = """
import json, os, sys, time
from pathlib import Path
from penchant.models.artifacts import draft_of

folder = json.loads(sys.stdin.readline())["folder"]
with draft_of(Path(os.environ["PENCHANT_DATA_DIR"]) / folder) as draft:
    (draft / "model.json").write_text("{}")
    print('{"step": {"stage": "saving"}}', flush=True)
    time.sleep(60)
"""


@pytest.fixture
def job(yard, tmp_path, monkeypatch):
    """A job whose process saves for ever."""
    (tmp_path / "saving.py").write_text(SAVING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(laboratory, "_MODULE", "saving")
    yard.put(Kind.SOLUTION_VERSION, "best/1", job="train")
    return yard.shop.queue.claim("tester", lease_s=60)


@pytest.fixture
def stop(yard, job):
    """Has an artifact made and stops it while it is saved; tells what there was then."""

    def stopped():
        found = []

        def report(step):
            if step.get("stage") == "saving":
                found.extend(artifacts(yard))
                raise JobStopped

        with pytest.raises(JobStopped):
            make_artifact(yard.shop.settings, job, {}, report)
        return found

    return stopped


def artifacts(yard):
    return sorted(one.name for one in (yard.folder / "artifacts").iterdir())


def test_a_process_that_is_ended_while_it_saves_leaves_no_draft(yard, job, stop):
    (draft,) = stop()
    assert draft.startswith(f".{job.id}-1.")
    assert artifacts(yard) == []


def test_what_earlier_tries_left_is_deleted_before_and_nothing_of_other_jobs(yard, job, stop):
    own, others = (
        [f"{number}-0", f".{number}-0.ab", f".{number}-0.cd"] for number in (job.id, f"{job.id}0")
    )
    for name in own + others:
        (yard.folder / "artifacts" / name / "model").mkdir(parents=True)
    assert not set(own) & set(stop())
    assert artifacts(yard) == sorted(others)


def test_an_artifact_tells_whose_it_is(job):
    assert is_made_for(job, f"artifacts/{job.id}-3")
    assert not is_made_for(job, f"artifacts/{job.id}0-3")
