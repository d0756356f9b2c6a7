from penchant.worker.deletion.discarding import Discard, discard


def test_files_and_folders_go_and_what_is_gone_is_no_failure(yard):
    (yard.folder / "artifacts" / "1").mkdir(parents=True)
    (yard.folder / "artifacts" / "1" / "model.json").write_text("{}")
    (yard.folder / "part.parquet").write_text("")
    with yard.shop.stores.resources.transaction() as tx:
        paths = ["artifacts/1", "part.parquet", "never-was"]
        yard.shop.queue.enqueue(tx, "discard", "arn:gone", {"paths": paths})
    yard.work("discard", Discard(yard.shop))
    assert not (yard.folder / "artifacts" / "1").exists()
    assert not (yard.folder / "part.parquet").exists()
    assert yard.shop.queue.of("arn:gone").state == "DONE"


def test_of_a_link_to_a_folder_the_link_goes(tmp_path):
    kept, link = tmp_path / "kept", tmp_path / "link"
    kept.mkdir()
    link.symlink_to(kept)
    discard(link)
    assert kept.is_dir()
    assert not link.is_symlink()
