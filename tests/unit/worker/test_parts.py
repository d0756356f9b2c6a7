import pytest

from penchant.worker.parts import linked_parts
from penchant.worker.tasks import TaskFailure


@pytest.fixture
def dataset(yard):
    return yard.dataset()


@pytest.fixture
def folder(yard):
    made = yard.folder / "scratch"
    made.mkdir(exist_ok=True)
    return made


def bring_in(yard, dataset, name, text):
    """Let a file be the dataset's only part."""
    (yard.folder / name).write_text(text)
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.mark(tx, dataset, "ACTIVE", parts=[name])


def linked(yard, dataset, folder):
    return linked_parts(yard.shop.stores, yard.folder, dataset, folder)


def test_a_link_keeps_what_an_import_replaces(yard, dataset, folder):
    bring_in(yard, dataset, "1.parquet", "old")
    (link,) = linked(yard, dataset, folder)
    bring_in(yard, dataset, "2.parquet", "new")
    (yard.folder / "1.parquet").unlink()
    assert link.read_text() == "old"
    assert [one.read_text() for one in linked(yard, dataset, folder)] == ["new"]


def test_a_file_that_was_just_replaced_is_looked_for_again(yard, dataset, folder, monkeypatch):
    bring_in(yard, dataset, "1.parquet", "old")
    (yard.folder / "1.parquet").unlink()
    looked, get = [], yard.shop.stores.resources.get

    def replaced_meanwhile(arn):
        looked.append(arn)
        if len(looked) == 2:
            bring_in(yard, dataset, "2.parquet", "new")
        return get(arn)

    monkeypatch.setattr(yard.shop.stores.resources, "get", replaced_meanwhile)
    assert [one.read_text() for one in linked(yard, dataset, folder)] == ["new"]


def test_a_file_that_is_gone_for_good_is_missed(yard, dataset, folder):
    bring_in(yard, dataset, "1.parquet", "old")
    (yard.folder / "1.parquet").unlink()
    with pytest.raises(FileNotFoundError):
        linked(yard, dataset, folder)


def test_a_dataset_that_was_deleted_is_told(yard, dataset, folder):
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.stores.resources.remove(tx, dataset)
    with pytest.raises(TaskFailure, match=f"{dataset} was deleted; create it anew"):
        linked(yard, dataset, folder)
