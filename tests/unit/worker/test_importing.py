import os

import pytest

from penchant.domain.arns import Kind
from penchant.domain.datasets import files_of
from penchant.store.folders.buckets import Buckets
from penchant.store.objects import Objects
from penchant.store.stores import sandbox_root
from penchant.worker import importing
from penchant.worker.importing import Import


def csv(n_rows, start=0):
    rows = (f"u{n % 40},i{n % 90},{1_000 + n}" for n in range(start, start + n_rows))
    return "USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(rows) + "\n"


@pytest.fixture
def dataset(yard):
    return yard.dataset()


def bring_in(yard, dataset, name, text, mode="FULL"):
    path = yard.folder / "in" / f"{name}.csv"
    path.write_text(text)
    job = yard.put(
        Kind.DATASET_IMPORT_JOB,
        name,
        job="import",
        parent_arn=dataset,
        datasetArn=dataset,
        dataSource={"dataLocation": f"file://{path}"},
        importMode=mode,
    )
    yard.work("import", Import(yard.shop))
    return yard.get(job)


def parts(yard, dataset):
    return yard.get(dataset).own.get("parts", [])


def test_an_import_gives_the_dataset_a_part(yard, dataset):
    job = bring_in(yard, dataset, "monday", csv(1200))
    assert (job.status, job.failure_reason) == ("ACTIVE", "")
    assert job.own["n_rows"] == 1200
    (part,) = parts(yard, dataset)
    assert (yard.folder / part).is_file()


def test_an_increment_is_added_and_a_full_import_replaces(yard, dataset):
    bring_in(yard, dataset, "monday", csv(1200))
    bring_in(yard, dataset, "tuesday", csv(1000, start=2000), "INCREMENTAL")
    old = parts(yard, dataset)
    assert len(old) == 2
    bring_in(yard, dataset, "wednesday", csv(1100))
    assert len(parts(yard, dataset)) == 1
    assert yard.shop.queue.of(dataset).payload == {"paths": files_of(old)}


def test_a_failed_import_changes_nothing_and_leaves_nothing(yard, dataset):
    bring_in(yard, dataset, "monday", csv(1200))
    before = parts(yard, dataset)
    job = bring_in(yard, dataset, "tuesday", csv(1200) + "u1,i1,yesterday\n")
    assert job.status == "CREATE FAILED"
    assert "tuesday.csv" in job.failure_reason
    assert "line 1202" in job.failure_reason
    assert "yesterday" in job.failure_reason
    assert parts(yard, dataset) == before
    assert [
        str(p.relative_to(yard.folder)) for p in (yard.folder / "datasets").rglob("*.parquet")
    ] == before


def test_a_location_without_files_fails_with_the_service_s_words(yard, dataset):
    (yard.folder / "in" / "none").mkdir()
    job = yard.put(
        Kind.DATASET_IMPORT_JOB,
        "monday",
        job="import",
        datasetArn=dataset,
        dataSource={"dataLocation": f"file://{yard.folder}/in/missing.csv"},
        importMode="FULL",
    )
    yard.work("import", Import(yard.shop))
    assert yard.get(job).failure_reason.startswith("Invalid Data location.")


def test_a_bucket_that_is_closed_fails_with_the_service_s_words(yard, dataset):
    root, stranger = sandbox_root(yard.shop.settings), "222222222222"
    Buckets(root, stranger).create("theirs", stranger, "us-east-1")
    with Objects(root, None).open_writer("s3://theirs/a.csv", account=stranger) as stream:
        stream.write(csv(1200).encode())
    job = yard.put(
        Kind.DATASET_IMPORT_JOB,
        "monday",
        job="import",
        datasetArn=dataset,
        dataSource={"dataLocation": "s3://theirs/a.csv"},
        importMode="FULL",
    )
    yard.work("import", Import(yard.shop))
    assert yard.get(job).failure_reason.startswith(
        f"Failed to create a data import job for Interactions dataset {dataset}. "
        "Insufficient privileges for accessing data in Amazon S3. The policy of bucket 'theirs'"
    )


def test_a_dataset_that_was_deleted_meanwhile_takes_nothing(yard, dataset):
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.stores.resources.remove(tx, dataset)
    job = bring_in(yard, dataset, "monday", csv(1200))
    assert job.failure_reason == f"{dataset} was deleted; nothing was imported."


@pytest.fixture
def losing_files(yard, monkeypatch):
    """As if somebody deleted the files after they were found and before they are read."""
    real = importing.import_files

    def import_files(files, *args, **kwargs):
        for path in (yard.folder / "in").iterdir():
            path.unlink()
        return real(files, *args, **kwargs)

    monkeypatch.setattr(importing, "import_files", import_files)


@pytest.mark.usefixtures("losing_files")
def test_files_deleted_while_they_are_imported_are_read_all_the_same(yard, dataset):
    job = bring_in(yard, dataset, "monday", csv(1200))
    assert (job.status, job.own["n_rows"]) == ("ACTIVE", 1200)


@pytest.mark.usefixtures("losing_files")
def test_files_of_other_disks_that_are_deleted_meanwhile_are_named(yard, dataset, monkeypatch):
    def link(*_):
        raise OSError("another file system")

    monkeypatch.setattr(os, "link", link)
    job = bring_in(yard, dataset, "monday", csv(1200))
    assert job.status == "CREATE FAILED"
    assert "monday.csv was deleted while it was being imported" in job.failure_reason


def test_a_failure_after_the_part_was_written_leaves_no_part(yard, dataset, monkeypatch):
    def lose(*_, **__):
        raise FileNotFoundError("spill")

    monkeypatch.setattr("penchant.worker.importing.write_imported_events", lose)
    job = bring_in(yard, dataset, "monday", csv(1200))
    assert (job.status, parts(yard, dataset)) == ("CREATE FAILED", [])
    assert list((yard.folder / "datasets").rglob("*.parquet*")) == []
