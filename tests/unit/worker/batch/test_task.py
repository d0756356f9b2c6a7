"""Batch jobs from their row to the objects that they leave."""

import pytest

from penchant.domain.arns import Kind
from penchant.jobs.queue import LeaseLost
from penchant.worker.batch.task import Batch

from .shelf import Shelf

POPULAR = "aws-popularity-count"


@pytest.fixture
def shelf(yard):
    return Shelf.of(yard)


def test_every_file_of_a_folder_is_answered_in_one_of_its_name_and_nothing_else_is_left(shelf):
    files = {"a.json": [{"userId": "u1"}], "b.txt": ["", '{"userId": "u2"}', "  "], "empty": []}
    job = shelf.done(shelf.job(shelf.version(POPULAR), files, numResults=1))
    assert job.status == "ACTIVE"
    names = sorted(path.name for path in shelf.out().iterdir())
    assert names == ["_CHECK", "a.json.out", "b.txt.out", "empty.out"]
    assert [line["input"] for line in shelf.read("b.txt")] == [{"userId": "u2"}]
    assert (shelf.out() / "empty.out").read_bytes() == b""
    discarding = shelf.yard.shop.queue.of(job.arn)
    assert discarding.payload == {"paths": [f"batches/{discarding.id - 1}"]}


def test_lines_keep_their_order_over_many_parts_and_processes(shelf):
    lines = [{"userId": f"u{n}"} for n in range(50)]
    job = shelf.job(shelf.version(POPULAR), {"a": lines, "b": lines[::-1]}, numResults=1)
    assert shelf.done(job, lines_per_part=7, processes=2).status == "ACTIVE"
    assert [line["input"] for line in shelf.read("a")] == lines
    assert [line["input"] for line in shelf.read("b")] == lines[::-1]


def stopping_after(rows):
    """A report that ends a job in the middle, as when its worker is killed."""

    def report(step):
        if step.get("rows", 0) >= rows:
            raise LeaseLost("as if killed")

    return report


def test_a_job_that_was_interrupted_goes_on_and_answers_every_line_once(shelf):
    lines = [{"userId": f"u{n}"} for n in range(50)]
    arn = shelf.job(shelf.version(POPULAR), {"a": lines}, numResults=1)
    shop = shelf.yard.shop
    job = shop.queue.claim("doomed", lease_s=-1)
    task = Batch(shop, lines_per_part=7)
    with shop.stores.resources.transaction() as tx:
        task.begin(tx, job)
    with pytest.raises(LeaseLost):
        task.do(job, stopping_after(21))
    parts = shelf.yard.folder / "batches" / str(job.id) / "out"
    kept = {path.name: path.stat().st_mtime_ns for path in parts.iterdir()}
    assert 3 <= len(kept) < 8
    (shelf.yard.folder / "in" / "nightly" / "a").write_text("replaced meanwhile\n")
    times = {}

    class Watched(Batch):
        def _deliver(self, *given):
            times.update({path.name: path.stat().st_mtime_ns for path in parts.iterdir()})
            super()._deliver(*given)

    shelf.yard.work("batch", Watched(shop, lines_per_part=7))
    assert shelf.yard.get(arn).status == "ACTIVE"
    assert [line["input"] for line in shelf.read("a")] == lines
    assert {name: times[name] for name in kept} == kept


def test_an_input_that_is_not_there_is_told(shelf):
    arn = shelf.job(shelf.version(POPULAR), {})
    reason = shelf.done(arn).failure_reason
    assert reason.startswith("Invalid S3 input path. There is no object at 'file://")


def test_an_output_that_cannot_be_written_is_told_before_anything_is_answered(shelf):
    version = shelf.version(POPULAR)
    arn = shelf.yard.put(
        Kind.BATCH_INFERENCE_JOB,
        "nightly",
        job="batch",
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": "s3://nowhere/in"}},
        jobOutput={"s3DataDestination": {"path": "s3://nowhere/out/"}},
    )
    job = shelf.done(arn)
    assert job.status == "CREATE FAILED"
    assert job.failure_reason.startswith("Invalid S3 output path. Bucket 'nowhere' of ")


def test_more_than_a_thousand_files_are_too_many(shelf):
    arn = shelf.job(shelf.version(POPULAR), {f"{n}.json": [] for n in range(1001)})
    assert "There are 1001 files at 'file://" in shelf.done(arn).failure_reason


def test_a_version_that_was_deleted_is_told(shelf):
    version = shelf.version(POPULAR)
    arn = shelf.job(version, {"a": [{"userId": "u1"}]})
    with shelf.yard.shop.stores.resources.transaction() as tx:
        shelf.yard.shop.stores.resources.remove(tx, version)
    reason = shelf.done(arn).failure_reason
    assert reason == f"{version} is not there any more; nothing was answered."


def test_a_process_that_cannot_answer_fails_the_job_in_its_words(shelf):
    version = shelf.version(POPULAR)
    (shelf.yard.folder / "artifacts" / POPULAR / "model.json").write_text("{}")
    job = shelf.done(shelf.job(version, {"a": [{"userId": "u1"}]}))
    assert job.status == "CREATE FAILED"
    assert "has the artifact format None" in job.failure_reason


def test_a_damaged_model_is_told_with_what_to_do(shelf):
    version = shelf.version(POPULAR)
    (shelf.yard.folder / "artifacts" / POPULAR / "items" / "counts.npy").unlink()
    job = shelf.done(shelf.job(version, {"a": [{"userId": "u1"}]}))
    assert f"The model of {version} is damaged" in job.failure_reason
    assert job.failure_reason.endswith("; create another solution version and another job.")


def test_a_process_that_dies_is_told(shelf):
    version = shelf.version(POPULAR)
    counts = shelf.yard.folder / "artifacts" / POPULAR / "items" / "counts.npy"
    counts.unlink()
    counts.symlink_to(counts)
    job = shelf.done(shelf.job(version, {"a": [{"userId": "u1"}]}))
    assert "A process of the batch job ended with status 1" in job.failure_reason
